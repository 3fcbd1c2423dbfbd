import { createHmac, randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { openEdx } from "../../support/avro";
import { entryOf } from "../../support/event-entry";
import { enrollmentData, TYPES } from "../../support/lms-events";
import type { EnrollmentChange, Standing, World } from "../world/world";

/** The stream of the event bus, as Tutor and the product name it; `?stream=` in the address of Redis names another. */
const STREAM = "dev-course-entitlements";
/** What signs events that are sent over HTTP. */
export const EVENTS_SECRET = "fake-edx-events-secret-0123456789";

/** Sends what happens in an LMS, as the real one does, to the address of a product or to a Redis. */
export class EventSender {
  private readonly redis: Redis | null;
  private readonly stream: string;
  private sent: Promise<void> = Promise.resolve();

  constructor(
    private readonly world: World,
    private readonly to: string,
    private readonly log: (line: string) => void,
  ) {
    const url = new URL(to);
    this.stream = url.searchParams.get("stream") ?? STREAM;
    url.search = "";
    this.redis = to.startsWith("redis")
      ? new Redis(url.href, { lazyConnect: true, maxRetriesPerRequest: 0 })
      : null;
    this.redis?.on("error", () => {}); // each event that is not taken is logged
    world.announce = (change) => this.tell(change);
  }

  /** Waits until all is sent, and ends. */
  async close(): Promise<void> {
    await this.sent;
    this.redis?.disconnect();
  }

  /** The LMS sends before it commits: three events for one new enrollment in a mode that is not the default one. */
  private tell({ username, courseRunKey, from, to }: EnrollmentChange): void {
    const events: [type: string, standing: Standing][] = [];
    const begin: Standing = { mode: "audit", isActive: true };
    if (!from) events.push([TYPES.changed, begin], [TYPES.enrolled, begin]);
    if (from || to.mode !== begin.mode) events.push([TYPES.changed, to]);
    if (!to.isActive) events.push([TYPES.left, to]);
    for (const [type, standing] of events)
      this.sent = this.sent
        .then(() => this.send(type, username, courseRunKey, standing))
        .then((outcome) => this.log(`event ${type} ${username} ${courseRunKey} => ${outcome}`))
        .catch((error: Error) => this.log(`event ${type} was not taken: ${error.message}`));
  }

  private async send(type: string, username: string, key: string, standing: Standing): Promise<string> {
    const { id: userId } = this.world.users.get(username.toLowerCase())!;
    if (this.redis) {
      const data = openEdx.enrollment(Number(userId), key, { ...standing, username });
      return (await this.redis.xadd(...entryOf(this.stream, { type, data })))!;
    }
    const fields = { specversion: "1.0", id: randomUUID(), type, source: "openedx/lms/web" };
    const time = new Date().toISOString();
    const body = JSON.stringify({
      ...fields,
      time,
      data: enrollmentData(userId, key, { ...standing, username }),
    });
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac("sha256", EVENTS_SECRET).update(`${timestamp}.${body}`).digest("hex");
    const headers = {
      "content-type": "application/json",
      "x-timestamp": timestamp,
      "x-signature": `sha256=${signature}`,
    };
    return String((await fetch(this.to, { method: "POST", headers, body })).status);
  }
}

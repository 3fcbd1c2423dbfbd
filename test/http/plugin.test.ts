import { createHmac } from "node:crypto";
import { setRefundLock } from "../../src/use-cases/entitlements/set-refund-lock";
import { leaveSession } from "../../src/use-cases/sessions/leave-session";
import { asRest, type Shown } from "../rest/asking";
import { actor, ada, grace } from "../support/demo-app";
import { listen, type Stream } from "../support/events";
import { send, serve, type TestServer } from "../support/http";
import {
  aCourse,
  anEntitlement,
  callsOf,
  inLms,
  redeem,
  settingsFor,
  standing,
  useLms,
} from "../support/lms";
import { lookAfter, TYPES } from "../support/lms-events";
import { requestOf } from "../support/refunds";

const EVENTS_SECRET = "a-secret-of-at-least-32-characters";
const SETTINGS = { LMS_ENTITLEMENTS: "plugin" };
const beside = useLms(SETTINGS);
const hopper = actor("hopper", { isStaff: true });
let server: TestServer;
beforeAll(async () => {
  const settings = { ...settingsFor(beside.edx), ...SETTINGS, EVENTS_SECRET, REST_FACADE: "on" };
  server = await serve(beside.app, settings);
});
afterAll(() => server.stop());

/** A plug-in for the LMS, as far as it reads from this service: it mirrors entitlements as docs/plugin.md says. */
class StandIn {
  /** What the LMS shows, with the history entry that it was read for. */
  readonly rows = new Map<string, { version: bigint; shown: Shown }>();
  private stream: Stream | undefined;
  private read = 0;
  private last: string | undefined;

  async connect(): Promise<void> {
    const headers: Record<string, string> = this.last === undefined ? {} : { "last-event-id": this.last };
    [this.stream, this.read] = [await listen(server.url, hopper, { headers }), 0];
    this.last ??= this.stream.start;
  }

  /** Takes over so many more changes. */
  async take(count: number): Promise<void> {
    const changes = await this.stream!.come(this.read + count);
    for (const { id, data } of changes.slice(this.read, this.read + count)) {
      this.read++;
      this.last = id;
      if (!["COURSE_ENTITLEMENT", "COURSE_ENTITLEMENT_SUPPORT_DETAIL"].includes(data.entityType)) continue;
      const { status, body } = await asRest(server)<Shown>(hopper, `entitlements/${data.entitlementId}/`);
      expect(status).toBe(200);
      const known = this.rows.get(data.entitlementId);
      const version = BigInt(id.replace(/^p/, "")); // the position of the change
      if (!known || known.version < version) this.rows.set(data.entitlementId, { version, shown: body });
    }
  }

  disconnect(): void {
    this.stream!.leave();
  }

  shown(id: string): Shown | undefined {
    return this.rows.get(id)?.shown;
  }
}

/** Sends an event as the plug-in does. */
function tell(type: string, data: object) {
  const fields = { specversion: "1.0", id: `plugin-${type}`, type, source: "openedx/lms/web" };
  const body = JSON.stringify({ ...fields, time: new Date().toISOString(), data });
  const timestamp = String(Math.floor(beside.app.clock().getTime() / 1_000));
  const signature = createHmac("sha256", EVENTS_SECRET).update(`${timestamp}.${body}`).digest("hex");
  const headers = { "x-timestamp": timestamp, "x-signature": `sha256=${signature}` };
  return send(`${server.url}/lms-events`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

test("a plug-in mirrors entitlements from history, and goes on where it was interrupted", async () => {
  const mirror = new StandIn();
  await mirror.connect();
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  await mirror.take(1);
  expect(mirror.shown(id)).toMatchObject({ user: "ada", course_uuid: courseUuid, refund_locked: false });

  mirror.disconnect();
  await redeem(beside, id, one);
  const lock = { entitlementId: id, isLocked: true, comments: "Locked for a test" };
  await setRefundLock(requestOf(beside.app, grace), lock);
  await mirror.connect();
  await mirror.take(3);
  expect(mirror.shown(id)).toMatchObject({ enrollment_course_run: one, refund_locked: true });
  mirror.disconnect();
  const { body } = await asRest(server)<Shown>(hopper, `entitlements/${id}/`);
  expect(mirror.shown(id)).toEqual(body);
});

test("an enrollment is ended by the plug-in, which refunds nothing", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  await redeem(beside, id, one);
  const calls = await callsOf(beside, () => leaveSession(requestOf(beside.app, ada), { entitlementId: id }));
  expect(calls.filter((call) => call.endsWith("/course_entitlements/v1/unenroll"))).toHaveLength(1);
  expect(calls).not.toContain("POST /api/enrollment/v1/enrollment");
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: false });
});

test("what the LMS does with its own copy of an entitlement is heard of from the plug-in", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  beside.edx.others.enroll("ada", one, "verified"); // its enroll button
  const entitlement = { uuid: id, user: { id: Number(ada.userId) }, course_key: one };
  expect(await tell(TYPES.saved, { entitlement })).toMatchObject({ status: 202 });
  await lookAfter(beside.app);
  expect(await standing(beside, id)).toMatchObject({ enrollment: { courseRunKey: one } });
});

test("an account that the LMS has retired is read again", async () => {
  const user = beside.edx.world.users.get("bob")!;
  Object.assign(user, { username: "retired__bob", isActive: false });
  expect(await tell(TYPES.retired, { user: { id: Number(user.id) } })).toMatchObject({ status: 202 });
  await lookAfter(beside.app);
  const sql = `select username, is_active as "isActive" from user_account where id = $1`;
  expect(await beside.app.db.query(sql, [user.id])).toEqual([{ username: "retired__bob", isActive: false }]);
});

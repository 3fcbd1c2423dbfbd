import { randomUUID } from "node:crypto";
import type { App } from "../../src/app";
import { runKey } from "../../src/demo/catalog";
import { standingOf } from "../../src/reads/decisions/choosing";
import { entitlementsById } from "../../src/reads/entitlement-facts";
import { entitlementState } from "../../src/rules/entitlement-state";
import { sweepEnrollmentCalls } from "../../src/use-cases/enrollment-calls/sweep-enrollment-calls";
import { enrollAndFulfill } from "../../src/use-cases/sessions/enroll-and-fulfill";
import { fulfillOrder } from "../../src/use-cases/entitlements/fulfill-order";
import { openFakeEdx, type FakeEdx } from "../fake-edx/fake-edx";
import { enrollmentId } from "../fake-edx/world/world";
import { appOn } from "./app";
import { useDatabase } from "./database";
import { actor, ada } from "./demo-app";
import { requestOf } from "./refunds";

/** How long a call may take in these tests, in milliseconds: longer than it does on a busy machine. */
const DEADLINE_MS = 10_000;

/** An Open edX installation, and the product beside it. */
export interface Beside {
  app: App;
  edx: FakeEdx;
  /**
   * How far the clock of both is ahead, in milliseconds: further with each test, so that pauses after failures are over, and
   * the LMS does not find that it was asked too often.
   */
  aheadMs: number;
}

/** The settings with which the product works beside an installation. */
export function settingsFor({ lmsUrl, discoveryUrl, client }: FakeEdx): Record<string, string> {
  return {
    LMS_URL: lmsUrl,
    DISCOVERY_URL: discoveryUrl,
    OAUTH_CLIENT_ID: client.id,
    OAUTH_CLIENT_SECRET: client.secret,
    LMS_DEADLINE_MS: String(DEADLINE_MS),
    LMS_CALLS_PER_MINUTE: "6000",
    SITE_DOMAIN: "demo.example",
  };
}

/** The product on a database of this file's own with the demo world, beside an installation that holds the same. */
export function useLms(settings: Record<string, string> = {}): Beside {
  const db = useDatabase("demo");
  const beside = { aheadMs: 0 } as Beside;
  const clock = () => new Date(Date.now() + beside.aheadMs);
  beforeAll(async () => {
    beside.edx = await openFakeEdx({ clock });
    beside.app = appOn(db, { ...settingsFor(beside.edx), ...settings }, clock);
  });
  beforeEach(() => {
    beside.edx.faults.set();
    beside.aheadMs += 61_000;
  });
  afterAll(() => beside.edx.close());
  return beside;
}

/** Makes the calls to the LMS that wait, as if all pauses, leases and quiet times had passed. */
export async function sweepLater(beside: Beside): Promise<number> {
  beside.aheadMs += 120_000;
  await beside.app.db.query(
    `update enrollment_call set next_attempt_at = clock_timestamp() - interval '1 s',
       quiet_at = quiet_at - interval '1 h'
     where next_attempt_at is not null`,
  );
  return sweepEnrollmentCalls(beside.app);
}

/** A course with two open runs, which both the product and the installation know. Returns the keys of the runs. */
export async function aCourse({
  app,
  edx,
}: Pick<Beside, "app" | "edx">): Promise<{ courseUuid: string; one: string; two: string }> {
  const [courseUuid, number] = [randomUUID(), String(++made).padStart(6, "0")]; // in the order of their making
  const keys = ["one", "two"].map((run) => `course-v1:DemoX+LMS.${number}+${run}`);
  const like = edx.world.runs.get(runKey(1, "open"))!;
  for (const key of keys) {
    const modes = like.modes.map((mode) => ({ ...mode }));
    edx.world.runs.set(key, { ...like, key, courseUuid, modes });
    await app.db.query(
      `insert into course_run (key, course_uuid, title, is_self_paced, starts_at)
       values ($1, $2, 'A run', false, now() - interval '30 d')`,
      [key, courseUuid],
    );
    for (const { slug, minPrice, currency } of modes)
      await app.db.query(
        "insert into course_mode (course_run_key, slug, min_price, currency) values ($1, $2, $3, $4)",
        [key, slug, minPrice, currency],
      );
  }
  return { courseUuid, one: keys[0]!, two: keys[1]! };
}

let made = 0;

/** The enrollment that the installation has of ada in a run. */
export function inLms({ edx }: Beside, courseRunKey: string) {
  const found = edx.world.enrollments.get(enrollmentId("ada", courseRunKey));
  return found && { mode: found.mode, isActive: found.isActive };
}

/** An entitlement of ada, as an order makes it. */
export async function anEntitlement(beside: Beside, courseUuid: string): Promise<string> {
  const order = { username: "ada", mode: "verified", courseUuid, orderNumber: `LMS-${++made}` };
  const { entitlement } = await fulfillOrder(requestOf(beside.app, shop), { ...order, refundLocked: false });
  return entitlement.id;
}

/** Redeems an entitlement of ada for a run, as she asks for it. */
export function redeem({ app }: Beside, entitlementId: string, courseRunKey: string) {
  return enrollAndFulfill(requestOf(app, ada), { entitlementId, courseRunKey });
}

/** The requests by which the LMS is asked to change an enrollment, and is asked for one, for its faults. */
export const ENROLLMENT = { POST: "^POST .*enroll(ment)?$", GET: "^GET .*/enrollment/" };

/** A shop's service account. */
export const shop = actor("shop", { isService: true });

/** An entitlement as it is now, with its state. */
export async function standing({ app }: Beside, id: string) {
  const [facts] = await entitlementsById(app.db, [id]);
  const periods = facts!.policy ?? app.config.defaultPeriods;
  return { ...facts!, state: entitlementState(standingOf(facts!), periods, app.clock()) };
}

/** The methods of the requests about enrollments in a run, in their order. */
export function requestsAbout({ edx }: Beside, run: string): string[] {
  return edx.requests
    .map(({ method, path, body }) => ({
      method,
      text: `${decodeURIComponent(path)} ${JSON.stringify(body)}`,
    }))
    .filter(({ text }) => text.includes("/enrollment") && text.includes(run))
    .map(({ method }) => method);
}

/** The requests to the APIs of the installation that some work causes, in their order; those for tokens are left out. */
export async function callsOf({ edx }: Beside, work: () => unknown): Promise<string[]> {
  const before = edx.requests.length;
  await work();
  return edx.requests
    .slice(before)
    .map(({ method, path }) => `${method} ${decodeURIComponent(path)}`)
    .filter((call) => call.includes(" /api/"));
}

import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { SystemUnavailable } from "../../../src/store/unavailable";
import { grantSupport } from "../../../src/use-cases/agents/grant-support";
import { fulfillOrders } from "../../../src/use-cases/bulk/fulfill-orders";
import { fulfillOrder } from "../../../src/use-cases/entitlements/fulfill-order";
import { grantEntitlement } from "../../../src/use-cases/entitlements/grant-entitlement";
import { transferEntitlement } from "../../../src/use-cases/entitlements/transfer-entitlement";
import { lookAtEnrollments } from "../../../src/use-cases/lms/looks";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { actor, ada, grace } from "../../support/demo-app";
import { serve } from "../../support/http";
import { aCourse, anEntitlement, callsOf, shop, standing, useLms } from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms();
const hopper = actor("hopper", { isStaff: true });
let made = 500;

/** A learner that only the LMS knows. */
function aStranger() {
  const id = String(++made);
  const username = `Stranger${id}`;
  beside.edx.others.register({ id, username });
  return { id, username };
}
const order = (courseUuid: string) => ({
  courseUuid,
  mode: "verified",
  orderNumber: `STRANGE-${++made}`,
  refundLocked: false,
});
const away = () => beside.edx.faults.set({ system: "lms", path: "/accounts", kind: "reset" });

test("an order of a learner that we do not know is fulfilled, by the username in any case or by the id", async () => {
  const { courseUuid } = await aCourse(beside);
  const [one, other] = [aStranger(), aStranger()];
  const asking = requestOf(beside.app, shop);
  const byName = { ...order(courseUuid), username: one.username.toUpperCase() };
  expect((await fulfillOrder(asking, byName)).entitlement).toMatchObject({ username: one.username });
  const byId = { ...order(courseUuid), userId: other.id };
  expect((await fulfillOrder(asking, byId)).entitlement).toMatchObject({ username: other.username });
  const [row] = await beside.app.db.query<object[]>("select email, name from user_account where id = $1", [
    one.id,
  ]);
  expect(row).toEqual({ email: null, name: null });
});

test("learners that we do not know can be given entitlements, and be named agents", async () => {
  const { courseUuid } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  const { username } = aStranger();
  const granted = { username, courseUuid, mode: "verified", comments: "A gift." };
  expect(await grantEntitlement(requestOf(beside.app, grace), granted)).toMatchObject({ username });
  const to = { entitlementId: id, username: aStranger().username, comments: "A gift." };
  expect(await transferEntitlement(requestOf(beside.app, hopper), to)).toMatchObject({
    username: to.username,
  });
  const agent = { username: aStranger().username, comments: "New." };
  expect(await grantSupport(requestOf(beside.app, hopper), agent)).toMatchObject({ withdrawnAt: null });
});

test("many orders name their learners in one call for each 50", async () => {
  const { courseUuid } = await aCourse(beside);
  const orders = Array.from({ length: 60 }, () => ({ ...order(courseUuid), username: aStranger().username }));
  const calls = await callsOf(beside, async () => {
    const outcomes = async () =>
      (await fulfillOrders(requestOf(beside.app, shop), { orders })).map(({ outcome }) => outcome);
    let seen = await outcomes();
    while (seen.includes("NOT_REACHED")) seen = await outcomes(); // a busy machine does not reach all in one command
    expect(seen.filter((outcome) => outcome !== "CHANGED" && outcome !== "UNCHANGED")).toEqual([]);
  });
  expect(calls).toHaveLength(2);
  expect(await beside.app.db.getRepository(CourseEntitlement).countBy({ courseUuid })).toBe(orders.length);
});

test("a learner that the LMS does not know either does not exist", async () => {
  const { courseUuid } = await aCourse(beside);
  const unknown = { ...order(courseUuid), username: "nobody-at-all" };
  const asking = requestOf(beside.app, shop);
  await expect(fulfillOrder(asking, unknown)).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
});

test("nothing is asked for a learner who names another learner", async () => {
  const { courseUuid } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  const leave = () =>
    expect(
      leaveSession(requestOf(beside.app, ada), { entitlementId, username: aStranger().username }),
    ).rejects.toMatchObject({ code: "ENTITLEMENT_NOT_FOUND" });
  expect(await callsOf(beside, leave)).toEqual([]);
});

describe("while the LMS does not answer", () => {
  test("an order of a learner that we do not know is to be sent again, and changes nothing", async () => {
    const { courseUuid } = await aCourse(beside);
    const unknown = { ...order(courseUuid), username: aStranger().username };
    away();
    await expect(fulfillOrder(requestOf(beside.app, shop), unknown)).rejects.toThrow(SystemUnavailable);
    beside.edx.faults.set();
    beside.aheadMs += 60_000;
    expect(await fulfillOrder(requestOf(beside.app, shop), unknown)).toMatchObject({ isNew: true });
  });

  test("a shop gets the status 503, and when to send it again", async () => {
    const server = await serve(beside.app);
    const { courseUuid } = await aCourse(beside);
    away();
    const { username } = aStranger();
    const { refundLocked: _, ...input } = { ...order(courseUuid), username };
    const answer = await server.ask(
      shop,
      "mutation ($input: FulfillOrderInput!) { fulfillOrder(input: $input) { entitlement { id } } }",
      { input },
    );
    await server.stop();
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.body.errors![0]!.extensions["code"]).toBe("SERVICE_UNAVAILABLE");
  });
});

describe("a command that names unknown learners", () => {
  const commandWith = async (byUsernames: () => Promise<never[]>, learners: number) => {
    const { courseUuid } = await aCourse(beside);
    const orders = Array.from({ length: learners }, () => ({
      ...order(courseUuid),
      username: aStranger().username,
    }));
    const answering = jest.spyOn(beside.app.openEdx.accounts, "byUsernames").mockImplementation(byUsernames);
    return fulfillOrders(requestOf(beside.app, shop), { orders }).finally(() => answering.mockRestore());
  };

  test("does not take a fault of its own for a silence of the LMS", async () => {
    const broken = new TypeError("broken");
    await expect(commandWith(() => Promise.reject(broken), 1)).rejects.toBe(broken);
  });

  test("asks for them for 10 seconds, and is to be repeated when that was too short", async () => {
    let asked = 0;
    const clock = jest.spyOn(performance, "now");
    const begun = performance.now();
    const slow = () => {
      asked++;
      clock.mockReturnValue(begun + 600_000);
      return Promise.resolve([]);
    };
    await expect(commandWith(slow, 60)).rejects.toThrow(
      "the LMS could not be asked for all learners in time",
    );
    clock.mockRestore();
    expect(asked).toBe(1);
  });
});

describe("a learner who has another username in the LMS by now", () => {
  test("keeps the enrollments, and gets the new username", async () => {
    const { courseUuid } = await aCourse(beside);
    const { one } = await aCourse(beside);
    const { id, username } = aStranger();
    const asking = requestOf(beside.app, shop);
    const { entitlement } = await fulfillOrder(asking, { ...order(courseUuid), username });
    beside.edx.others.enroll(username, one, "audit");
    await lookAtEnrollments(beside.app, { id, username });
    beside.edx.others.rename(username, `re-${username}`);
    await lookAtEnrollments(beside.app, { id, username });
    expect(await standing(beside, entitlement.id)).toMatchObject({ username: `re-${username}` });
    const [row] = await beside.app.db.query<object[]>(
      `select is_active as "isActive" from course_enrollment where user_id = $1 and course_run_key = $2`,
      [id, one],
    );
    expect(row).toEqual({ isActive: true });
  });
});

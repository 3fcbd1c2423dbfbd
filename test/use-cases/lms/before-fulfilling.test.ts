import { randomUUID } from "node:crypto";
import { fulfillOrder } from "../../../src/use-cases/entitlements/fulfill-order";
import { aCourse, callsOf, inLms, shop, useLms } from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms();

/** A course of which we know nothing. */
async function anUnknownCourse() {
  const { one } = await aCourse(beside);
  const courseUuid = randomUUID();
  const key = one.replace("+one", "+unknown");
  beside.edx.world.runs.set(key, { ...beside.edx.world.runs.get(one)!, key, courseUuid });
  return { courseUuid, key };
}
const orderFor = (courseUuid: string) => ({
  username: "ada",
  mode: "verified",
  courseUuid,
  orderNumber: `FACTS-${randomUUID()}`,
  refundLocked: false,
});
const fulfill = (order: ReturnType<typeof orderFor>) => fulfillOrder(requestOf(beside.app, shop), order);

test("a free enrollment in a course that we have never seen is upgraded, after one call for each", async () => {
  const { courseUuid, key } = await anUnknownCourse();
  beside.edx.others.enroll("ada", key, "audit");
  const order = orderFor(courseUuid);
  const calls = await callsOf(beside, () => fulfill(order));
  expect(calls.slice(0, 2).toSorted()).toEqual([
    expect.stringContaining("/api/enrollment/v1/enrollments"),
    expect.stringContaining("/api/v1/courses"),
  ]);
  expect(inLms(beside, key)).toEqual({ mode: "verified", isActive: true });
  expect(await callsOf(beside, () => fulfill(order))).toEqual([]);
});

test("a certificate that only the LMS knows keeps an order from being redeemed for a free enrollment", async () => {
  const { courseUuid, key } = await anUnknownCourse();
  beside.edx.others.enroll("ada", key, "honor");
  beside.edx.others.certify("ada", key, "downloadable");
  expect(await fulfill(orderFor(courseUuid))).toMatchObject({
    isNew: true,
    entitlement: { enrollment: null },
  });
  expect(inLms(beside, key)).toEqual({ mode: "honor", isActive: true });
});

test("runs that were told within the hour are not asked for again", async () => {
  const { courseUuid } = await anUnknownCourse();
  await fulfill(orderFor(courseUuid));
  const calls = await callsOf(beside, () => fulfill(orderFor(courseUuid)));
  expect(calls).toEqual([
    expect.stringContaining("/api/enrollment/v1/enrollments"),
    // An enrollment of the demo world that the LMS does not have is news each time, until it is reconciled.
    expect.stringContaining("/accounts?lms_user_id="),
  ]);
});

test("a shop does not wait longer than 3 s for a slow LMS and a slow catalog, and the order is fulfilled", async () => {
  const { courseUuid } = await anUnknownCourse();
  beside.edx.faults.set(
    { system: "lms", path: "/enrollments", kind: "slow", ms: 30_000 },
    { system: "discovery", kind: "slow", ms: 30_000 },
  );
  const begun = performance.now();
  expect(await fulfill(orderFor(courseUuid))).toMatchObject({ isNew: true });
  expect(performance.now() - begun).toBeLessThan(5_000);
});

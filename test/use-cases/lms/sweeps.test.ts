import { composeOpenEdx } from "../../../src/compose/gateways";
import { coursesInUse } from "../../../src/reads/lms/due";
import { refreshAccounts } from "../../../src/use-cases/lms/refresh-accounts";
import { refreshRuns } from "../../../src/use-cases/lms/refresh-runs";
import { appOn } from "../../support/app";
import { aCourse, anEntitlement, callsOf, useLms } from "../../support/lms";

const beside = useLms();
const wholly = { from: null, shouldStop: () => false };
let lastId = 7_000;

/** An account of which the LMS last told so many days ago, or never; returns its id. */
async function anAccount(daysAgo: number | null, inLms?: { username?: string; isActive?: boolean }) {
  const id = String(++lastId);
  const seenAt = daysAgo === null ? null : new Date(beside.app.clock().getTime() - daysAgo * 86_400_000);
  await beside.app.db.query("insert into user_account (id, username, seen_at) values ($1, $2, $3)", [
    id,
    `swept${id}`,
    seenAt,
  ]);
  if (inLms) beside.edx.others.register({ id, username: `swept${id}`, ...inLms });
  return id;
}
const stored = async (id: string) =>
  (
    await beside.app.db.query<{ username: string; isActive: boolean; seenAt: Date | null }[]>(
      `select username, is_active as "isActive", seen_at as "seenAt" from user_account where id = $1`,
      [id],
    )
  )[0]!;
const seenAtOf = async (key: string) =>
  (
    await beside.app.db.query<{ seenAt: Date | null }[]>(
      `select seen_at as "seenAt" from course_run where key = $1`,
      [key],
    )
  )[0]!.seenAt;

test("the runs of courses with an entitlement in use are looked at again, 20 courses in a call", async () => {
  const [used, unused] = [await aCourse(beside), await aCourse(beside)];
  await anEntitlement(beside, used.courseUuid);
  await beside.app.db.query("update course_run set seen_at = null");
  const calls = await callsOf(beside, () => refreshRuns(beside.app, wholly));
  const [{ count }] = await beside.app.db.query<[{ count: number }]>(
    "select count(distinct course_uuid)::int as count from course_entitlement where expired_at is null",
  );
  expect(calls).toHaveLength(Math.ceil(count / 20));
  expect(await seenAtOf(used.one)).not.toBeNull();
  expect(await seenAtOf(unused.one)).toBeNull();
});

test.each(["enable_nestloop", "enable_hashjoin", "enable_indexscan"])(
  "the courses in use come in the order of their UUIDs, also without the plans that %s allows",
  async (plans) => {
    const courses = await beside.app.db.transaction(async (tx) => {
      await tx.query(`set local ${plans} = off`);
      return coursesInUse(tx, null, 20);
    });
    expect(courses).toHaveLength(20);
    expect(courses).toEqual(courses.toSorted());
  },
);

test("accounts that were told more than 30 days ago or never get what the LMS has now", async () => {
  const renamed = await anAccount(31, { username: `renamed${lastId + 1}` });
  const closed = await anAccount(null, { isActive: false });
  const gone = await anAccount(31);
  const fresh = await anAccount(29, { isActive: false });
  expect(await refreshAccounts(beside.app, wholly)).toBeNull();
  expect(await stored(renamed)).toMatchObject({ username: `renamed${renamed}`, isActive: true });
  expect(await stored(closed)).toMatchObject({ isActive: false });
  expect(await stored(gone)).toMatchObject({ username: `swept${gone}`, isActive: false });
  expect(await stored(fresh)).toMatchObject({ isActive: true });
  expect(await callsOf(beside, () => refreshAccounts(beside.app, wholly))).toEqual([]);
});

test("a sweep leaves half of the calls that may be made to others, and goes on where it has stopped", async () => {
  for (let made = 0; made < 12; made++) await anAccount(31);
  const { config, db, clock } = beside.app;
  const slow = { ...config, lms: { ...config.lms!, callsPerMinute: 10 } };
  const app = { ...beside.app, openEdx: composeOpenEdx(slow, db, clock) };
  const until = Date.now() + 1_500;
  let place: Awaited<ReturnType<typeof refreshAccounts>> = null;
  const calls = await callsOf(beside, async () => {
    place = await refreshAccounts(app, { from: null, shouldStop: () => Date.now() > until });
  });
  expect(calls.length).toBeLessThanOrEqual(6);
  expect(place).not.toBeNull();
  await refreshAccounts(beside.app, { from: place, shouldStop: () => false });
  expect(await callsOf(beside, () => refreshAccounts(beside.app, wholly))).toEqual([]);
});

test("where this service holds the enrollments, sweeps do nothing", async () => {
  const id = await anAccount(31);
  const embedded = appOn(beside.app.db);
  expect(await refreshAccounts(embedded, wholly)).toBeNull();
  expect(await refreshRuns(embedded, wholly)).toBeNull();
  expect(await stored(id)).toMatchObject({ isActive: true });
});

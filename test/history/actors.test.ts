import { DataSource, type DataSourceOptions } from "typeorm";
import { dataSourceOptions } from "../../ormconfig";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { transact, type Change } from "../../src/store/transact";
import { openTestDatabase } from "../support/database";
import { addPeople, broken, entriesOf, grant } from "./world";

const REQUESTS = 200;

let db: DataSource;
let close: () => Promise<void>;

beforeAll(async () => {
  const opened = await openTestDatabase();
  // All of them wait for a connection, on however slow a machine.
  const patient = { ...dataSourceOptions(opened.url), connectTimeoutMS: 0 } as DataSourceOptions;
  db = await new DataSource(patient).initialize();
  close = async () => {
    await db.destroy();
    await opened.close();
  };
  await addPeople(db);
});
afterAll(async () => {
  expect(await broken(db)).toEqual([]);
  await close();
});

test("simultaneous requests never mix up their authors in the history", async () => {
  const { id: shared } = await grant(db);
  const own = await Promise.all(Array.from({ length: REQUESTS }, () => grant(db)));
  await Promise.all(
    own.map((entitlement, i) =>
      transact(db, changeOf(i), async (tx) => {
        await tx.query("set local lock_timeout = 0; set local statement_timeout = 0");
        await tx.save(CourseEntitlement, { id: entitlement.id, mode: `mode-${i}` });
        await tx.query("select from course_entitlement where id = $1 for update", [shared]);
        await tx.save(CourseEntitlement, { id: shared, mode: `mode-${i}` });
        // Changes that bypass the application have the same author.
        await tx.query("update course_entitlement set refund_locked = true where id = $1", [entitlement.id]);
      }),
    ),
  );
  const entries = (await entriesOf(db)).filter((entry) => entry.mode.startsWith("mode-"));
  expect(entries).toHaveLength(3 * REQUESTS);
  for (const entry of entries) {
    const i = Number(entry.mode.slice("mode-".length));
    expect(entry).toMatchObject({
      history_user_id: String(1000 + i),
      history_user_label: `user-${i}`,
      history_request_id: `request-${i}`,
      history_change_reason: `reason${i}`,
    });
  }
  const transactions = new Map(entries.map((entry) => [entry.history_txid, entry.history_request_id]));
  expect(transactions.size).toBe(REQUESTS);
});

test("deleting an account deletes its entitlements, and keeps their history and its name", async () => {
  await db.query("insert into user_account (id, username) values (50, 'leaver')");
  const leaver: Change = { ...changeOf(0), userId: "50", userLabel: "leaver" };
  const { id } = await grant(db, { userId: "50" });
  const { id: other } = await grant(db);
  await transact(db, leaver, (tx) => tx.save(CourseEntitlement, { id: other, mode: "touched" }));
  const before = await entriesOf(db, other);
  await db.query("delete from user_account where id = 50");
  expect(await entriesOf(db, other)).toEqual(before);
  expect(before.at(-1)).toMatchObject({ history_user_id: "50", history_user_label: "leaver" });
  expect((await entriesOf(db, id)).at(-1)).toMatchObject({ history_type: "-", user_id: "50" });
});

test("background work is recorded with the author `system`, without an account", async () => {
  const { id } = await grant(db);
  const sweep: Change = {
    userId: null,
    userLabel: "system",
    reason: "expireDueEntitlements",
    source: "JOB",
    requestId: null,
  };
  await transact(db, sweep, (tx) => tx.save(CourseEntitlement, { id, expiredAt: new Date() }));
  expect((await entriesOf(db, id)).at(-1)).toMatchObject({
    history_user_id: null,
    history_user_label: "system",
    history_source: "JOB",
    history_request_id: null,
  });
});

function changeOf(i: number): Change {
  return {
    userId: String(1000 + i),
    userLabel: `user-${i}`,
    reason: `reason${i}`,
    source: "API",
    requestId: `request-${i}`,
  };
}

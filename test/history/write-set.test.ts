import type { DataSource } from "typeorm";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { writeSet } from "../../src/history/write-set";
import { openTestDatabase } from "../support/database";
import { addPeople, asGrace, broken, entriesOf, GRACE, grant, statementsOf } from "./world";

let db: DataSource;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  await addPeople(db);
});
afterAll(async () => {
  expect(await broken(db)).toEqual([]);
  await close();
});

const INSERT = `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
  select 1, gen_random_uuid(), $1, now(), now() from generate_series(1, 1000) returning *`;
const EXPIRE = `update course_entitlement e set expired_at = now(), modified_at = now()
  where e.mode = $1 and e.expired_at is null returning e.*`;

test("a thousand rows are written and recorded with their author in two statements", async () => {
  const statements = await statementsOf(() =>
    asGrace(db, (tx) => writeSet(tx, CourseEntitlement, INSERT, ["set"])),
  );
  expect(statements.filter((sql) => sql.includes("course_entitlement"))).toHaveLength(2);
  const ids = await asGrace(db, (tx) => writeSet(tx, CourseEntitlement, EXPIRE, ["set"]));
  expect(new Set(ids).size).toBe(1000);
  const entries = await entriesOf(db, ids[0]);
  const signed = {
    history_user_label: GRACE.userLabel,
    history_source: GRACE.source,
    history_request_id: GRACE.requestId,
    history_change_reason: GRACE.reason,
  };
  expect(entries).toMatchObject([
    { history_type: "+", expired_at: null, ...signed },
    { history_type: "~", expired_at: expect.any(Date) as Date, ...signed },
  ]);
});

test("the other writes of the same transaction are still guarded", async () => {
  const { id } = await grant(db);
  await asGrace(db, async (tx) => {
    await writeSet(tx, CourseEntitlement, INSERT, ["other"]);
    await tx.query("update course_entitlement set mode = 'guarded' where id = $1", [id]);
    await expect(
      tx.transaction((inner) =>
        writeSet(inner, CourseEntitlement, "insert into course_entitlement default values returning *"),
      ),
    ).rejects.toThrow("not-null");
    await tx.query("update course_entitlement set refund_locked = true where id = $1", [id]);
  });
  expect((await entriesOf(db, id)).at(-1)).toMatchObject({ mode: "guarded", refund_locked: true });
});

test("the setting that pauses the guard ends with its transaction", async () => {
  const { id } = await grant(db);
  const session = db.createQueryRunner();
  await session.query("select set_config('history.covered', pg_current_xact_id()::text, false)");
  await session.query("update course_entitlement set mode = 'still guarded' where id = $1", [id]);
  await session.query("reset history.covered");
  await session.release();
  expect((await entriesOf(db, id)).at(-1)).toMatchObject({ mode: "still guarded" });
});

test("a set is written only inside transact(), and cannot be a deletion", async () => {
  await expect(writeSet(db.manager, CourseEntitlement, EXPIRE, ["set"])).rejects.toThrow("inside transact()");
  await expect(db.transaction((tx) => writeSet(tx, CourseEntitlement, EXPIRE, ["set"]))).rejects.toThrow(
    "inside transact()",
  );
  await expect(
    asGrace(db, (tx) => writeSet(tx, CourseEntitlement, "delete from course_entitlement returning *")),
  ).rejects.toThrow("Delete with remove()");
});

test("an upsert of a set records existing rows as changed, and the others as created", async () => {
  const { id, orderNumber, courseUuid } = await grant(db);
  const ids = await asGrace(db, (tx) =>
    writeSet(
      tx,
      CourseEntitlement,
      `insert into course_entitlement (user_id, course_uuid, order_number, mode, created_at, modified_at)
       select 1, $1, unnest(array[$2, $2 || '-2']), 'imported', now(), now()
       on conflict (course_uuid, order_number) do update set mode = excluded.mode returning *`,
      [courseUuid, orderNumber],
    ),
  );
  const types = await Promise.all(
    ids.map(async (each) => [each === id, (await entriesOf(db, each)).at(-1)!.history_type]),
  );
  expect(types.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
    [false, "+"],
    [true, "~"],
  ]);
});

import { In, type DataSource } from "typeorm";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../src/entities/course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "../../src/entities/course-entitlement-support-detail";
import { openTestDatabase } from "../support/database";
import { addPeople, anEntitlement, asGrace, broken, entriesOf, GRACE, grant, statementsOf } from "./world";

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

const aDetail = (entitlementId: string) => ({
  entitlementId,
  action: "CREATE" as const,
  createdAt: new Date(),
  modifiedAt: new Date(),
});

test("an entry records the kind of change, the author, the operation, the source and the request", async () => {
  const { id } = await grant(db, { mode: "professional" });
  expect(await entriesOf(db, id)).toMatchObject([
    {
      id,
      mode: "professional",
      history_type: "+",
      history_user_id: GRACE.userId,
      history_user_label: GRACE.userLabel,
      history_user_role: "SUPPORT",
      history_change_reason: GRACE.reason,
      history_source: GRACE.source,
      history_request_id: GRACE.requestId,
    },
  ]);
});

test("a save that changes nothing leaves no entry", async () => {
  const entitlement = await grant(db);
  await asGrace(db, (tx) => tx.save(CourseEntitlement, { id: entitlement.id, mode: "verified" }));
  await asGrace(db, (tx) => tx.save(entitlement));
  expect(await entriesOf(db, entitlement.id)).toHaveLength(1);
});

test("a partial save is recorded with the values that it did not give", async () => {
  const { id, orderNumber } = await grant(db, { refundLocked: true });
  await asGrace(db, (tx) => tx.save(CourseEntitlement, { id, mode: "professional" }));
  expect((await entriesOf(db, id))[1]).toMatchObject({
    history_type: "~",
    mode: "professional",
    order_number: orderNumber,
    refund_locked: true,
  });
});

test("a stale copy is recorded with the values in the database, not those in memory", async () => {
  const { id } = await grant(db);
  await asGrace(db, async (tx) => {
    const copy = await tx.findOneByOrFail(CourseEntitlement, { id });
    await tx.query("update course_entitlement set refund_locked = true where id = $1", [id]);
    await tx.save(CourseEntitlement, { id, mode: "professional" });
    copy.mode = "never saved";
  });
  expect((await entriesOf(db, id)).at(-1)).toMatchObject({ mode: "professional", refund_locked: true });
});

test("fifty new rows are recorded with one statement, and fifty removed with one", async () => {
  const many = await db.transaction(async (tx) =>
    tx.create(
      CourseEntitlement,
      Array.from({ length: 50 }, () => anEntitlement()),
    ),
  );
  const saving = await statementsOf(() => asGrace(db, (tx) => tx.save(many)));
  expect(saving.filter((sql) => sql.includes("historical_"))).toHaveLength(1);
  expect(saving).toHaveLength(2);
  const removing = await statementsOf(() => asGrace(db, (tx) => tx.remove(many)));
  expect(removing.filter((sql) => sql.includes("historical_"))).toHaveLength(1);
});

test("entries that the guard adds name the same author, even when the flush had nothing to record", async () => {
  const [kept, removed] = await asGrace(db, async (tx) => {
    const rows = await tx.query<{ id: string }[]>(
      `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
       select id, gen_random_uuid(), 'raw', now(), now() from user_account limit 2 returning id`,
    );
    await tx.remove(await tx.findOneByOrFail(CourseEntitlement, { id: rows[1]!.id }));
    return rows.map(({ id }) => id);
  });
  expect(await entriesOf(db, kept)).toMatchObject([
    {
      history_source: "DATABASE",
      history_user_label: GRACE.userLabel,
      history_user_role: "SUPPORT",
      history_change_reason: GRACE.reason,
    },
  ]);
  expect(await entriesOf(db, removed)).toEqual([]);
});

test("rows of several tables in one flush are recorded with one statement", async () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error) => warnings.push(warning.message);
  process.on("warning", onWarning);
  const { id } = await grant(db);
  const statements = await statementsOf(() =>
    asGrace(db, (tx) =>
      tx.save([
        tx.create(CourseEntitlement, anEntitlement()),
        tx.create(CourseEntitlementSupportDetail, aDetail(id)),
        tx.create(CourseEntitlementPolicy, { mode: "verified" }),
        tx.create(CourseEntitlementSupportDetail, aDetail(id)),
      ]),
    ),
  );
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", onWarning);
  expect(statements.filter((sql) => sql.includes("historical_"))).toHaveLength(1);
  expect(warnings).toEqual([]);
});

test("an upsert of an existing row is recorded as a change", async () => {
  const { id, orderNumber } = await grant(db);
  await asGrace(db, (tx) =>
    tx.upsert(CourseEntitlement, { ...anEntitlement({ orderNumber }), mode: "professional" }, [
      "courseUuid",
      "orderNumber",
    ]),
  );
  expect((await entriesOf(db, id)).map((entry) => entry.history_type)).toEqual(["+", "~"]);
});

test.each([
  ["update", (id: string) => asGrace(db, (tx) => tx.update(CourseEntitlement, { id }, { mode: "x" }))],
  ["increment", (id: string) => asGrace(db, (tx) => tx.increment(CourseEntitlement, { id }, "userId", 1))],
  ["delete", (id: string) => asGrace(db, (tx) => tx.delete(CourseEntitlement, { id }))],
])("a bulk %s, which names no row, is refused before it happens", async (_, write) => {
  const { id } = await grant(db);
  const before = await db.query("select * from course_entitlement where id = $1", [id]);
  await expect(write(id)).rejects.toThrow("Write CourseEntitlement with save() and remove()");
  expect(await db.query("select * from course_entitlement where id = $1", [id])).toEqual(before);
  expect(await entriesOf(db, id)).toHaveLength(1);
});

test.each([
  ["without a transaction", () => db.manager.save(CourseEntitlement, anEntitlement())],
  [
    "in a transaction without an author",
    () => db.transaction((tx) => tx.save(CourseEntitlement, anEntitlement())),
  ],
  ["as an insert", () => db.manager.insert(CourseEntitlement, anEntitlement())],
])("a change %s is refused, because it has no author", async (_, write) => {
  const rows = () => db.query("select count(*) from course_entitlement");
  const before: unknown = await rows();
  await expect(write()).rejects.toThrow("Write CourseEntitlement inside transact()");
  expect(await rows()).toEqual(before);
});

test("rolling back a savepoint removes its entries, and keeps those around it", async () => {
  const { id } = await grant(db);
  await asGrace(db, async (tx) => {
    await tx.save(CourseEntitlement, { id, mode: "before" });
    await expect(
      tx.transaction(async (inner) => {
        await inner.save(CourseEntitlement, { id, mode: "inside" });
        throw new Error("regret");
      }),
    ).rejects.toThrow("regret");
    await tx.save(CourseEntitlement, { id, mode: "after" });
  });
  expect((await entriesOf(db, id)).map((entry) => entry.mode)).toEqual(["verified", "before", "after"]);
});

test("a removal is recorded with the last state of the row, even when another transaction changes it meanwhile", async () => {
  const { id } = await grant(db);
  const other = db.createQueryRunner();
  await other.startTransaction();
  await other.query("update course_entitlement set mode = 'professional' where id = $1", [id]);
  const removal = asGrace(db, async (tx) => tx.remove(await tx.findOneByOrFail(CourseEntitlement, { id })));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await other.commitTransaction();
  await other.release();
  await removal;
  expect((await entriesOf(db, id)).map((entry) => entry.history_type + entry.mode)).toEqual([
    "+verified",
    "~professional",
    "-professional",
  ]);
});

test("a row that two transactions remove at the same time gets one deletion entry", async () => {
  const both = [await grant(db), await grant(db)];
  await asGrace(db, async (tx) => {
    const loaded = await tx.findBy(CourseEntitlement, { id: In(both.map(({ id }) => id)) });
    await db.query("delete from course_entitlement where id = $1", [loaded[1]!.id]);
    await tx.remove(loaded);
  });
  for (const { id } of both)
    expect((await entriesOf(db, id)).map((entry) => entry.history_type)).toEqual(["+", "-"]);
});

test("rows that a removal deletes by cascade are recorded with the same author", async () => {
  const { id } = await grant(db);
  await asGrace(db, (tx) => tx.save(CourseEntitlementSupportDetail, aDetail(id)));
  await asGrace(db, async (tx) => tx.remove(await tx.findOneByOrFail(CourseEntitlement, { id })));
  const entries = await entriesOf(db, undefined, "course_entitlement_support_detail");
  expect(entries.at(-1)).toMatchObject({
    history_type: "-",
    history_source: "DATABASE",
    history_user_label: GRACE.userLabel,
    history_user_id: GRACE.userId,
    history_request_id: GRACE.requestId,
    history_change_reason: GRACE.reason,
  });
});

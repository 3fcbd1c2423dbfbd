import { openFolder } from "../../src/moving/sources/folder";
import { importing } from "../../src/history/imported";
import { transact } from "../../src/store/transact";
import { eraseUser } from "../../src/use-cases/accounts/erase-user";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { expireEntitlement } from "../../src/use-cases/entitlements/expire-entitlement";
import { appOn } from "../support/app";
import { checksumOf } from "../support/checksum";
import { openTestDatabase } from "../support/database";
import { ask, grace } from "../support/demo-app";
import { requestOf } from "../support/refunds";
import { broken, changedDump, DUMP, importInto, importOptions } from "./importing";
import type { DataSource } from "typeorm";
import type { Note } from "../../src/moving/import/report";

let db: DataSource;
let close: () => Promise<void>;
let notes: Note[];
beforeAll(async () => {
  ({ db, close } = await openTestDatabase(importOptions));
  ({ notes } = await importInto(db));
});
afterAll(() => close());

const ONE = "11111111-1111-4111-8111-111111111111";
const THREE = "33333333-3333-4333-8333-333333333333";
const FOUR = "abcdef00-0000-4000-8000-000000000004";

const entriesOf = (id: string) =>
  db.query(
    `select history_type as type, history_change_reason as reason, history_user_label as label, history_source as source,
       to_char(history_date at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') as date
     from historical_course_entitlement where id = $1 order by history_id`,
    [id],
  );

test("an entitlement is stored with its enrollment, its policy and its recorded history, to the millisecond", async () => {
  const [row] = await db.query(
    `select e.user_id, e.course_uuid, e.mode, e.order_number, e.refund_locked, e.expired_at, e.created_at, e.redeemed_at,
       n.course_run_key, n.mode as enrolled_in, n.is_active, n.seen_at, p.expiration_period::text as expires_after
     from course_entitlement e join course_enrollment n on n.id = e.enrollment_id
     join course_entitlement_policy p on p.id = e.policy_id where e.id = $1`,
    [ONE],
  );
  expect(row).toEqual({
    user_id: "1",
    course_uuid: "c0000000-0000-4000-8000-000000000001",
    mode: "verified",
    order_number: "EDX-1",
    refund_locked: false,
    expired_at: null,
    created_at: new Date("2026-01-02T03:04:05.678Z"),
    redeemed_at: null,
    course_run_key: "course-v1:DemoX+DX.1+2026",
    enrolled_in: "verified",
    is_active: true,
    seen_at: new Date("2026-06-01T12:00:00Z"),
    expires_after: "730 days",
  });
  expect(await entriesOf(ONE)).toEqual([
    { type: "+", reason: "recordedByLms", label: "cleo", source: "IMPORT", date: "2026-01-02 03:04:05.680" },
    { type: "~", reason: "recordedByLms", label: "cleo", source: "IMPORT", date: "2026-01-02 03:04:05.690" },
    { type: "~", reason: "a reason", label: "ann", source: "IMPORT", date: "2026-01-06 10:00:01.000" },
  ]);
});

test("every row equals its newest entry", async () => {
  expect(await broken(db)).toEqual([]);
});

test("a history without a beginning begins when its row was made, and a change that it lacks is reconciled", async () => {
  expect(await entriesOf(THREE)).toEqual([
    {
      type: "+",
      reason: "startOfHistory",
      label: "system",
      source: "IMPORT",
      date: "2018-06-29 12:00:00.500",
    },
    {
      type: "~",
      reason: "recordedByLms",
      label: "user 77",
      source: "IMPORT",
      date: "2020-02-29 12:00:00.000",
    },
    {
      type: "~",
      reason: "importReconciled",
      label: "system",
      source: "IMPORT",
      date: "2026-06-01 12:00:00.000",
    },
  ]);
});

test("the history of a deleted entitlement is kept, and ends with its deletion", async () => {
  const types = async (id: string) =>
    (await entriesOf(id)).map(({ type }: { type: string }) => type).join("");
  expect(await types("66666666-6666-4666-8666-666666666666")).toBe("+-");
  expect(await types("77777777-7777-4777-8777-777777777777")).toBe("+~-");
});

test("all imported history is in the order of its dates", async () => {
  const rows: { at: Date }[] = await db.query(
    `select history_date as at from (
       select history_id, history_date from historical_course_entitlement where history_change_reason <> 'importReconciled'
       union all select history_id, history_date from historical_course_entitlement_support_detail) h order by history_id`,
  );
  expect(rows.map(({ at }) => at)).toEqual(
    rows.map(({ at }) => at).toSorted((a, b) => Number(a) - Number(b)),
  );
});

test("comments keep every character but NUL, and actions that are not ours are kept in capitals", async () => {
  const rows = await db.query(
    "select action, comments, unenrolled_run_key from course_entitlement_support_detail order by created_at",
  );
  expect(rows).toEqual([
    {
      action: "REISSUE",
      comments: "atab\t, line\nfeed, \\N and \\ and 🌊",
      unenrolled_run_key: "course-v1:Gone+G+1",
    },
    { action: "CREATE", comments: "\\N", unenrolled_run_key: null },
    { action: "ESCALATE", comments: null, unenrolled_run_key: null },
  ]);
});

test("support sees an action that is not ours as OTHER", async () => {
  const query =
    "query($id: ID!) { entitlement(id: $id) { supportDetails(first: 5) { edges { node { action } } } } }";
  const agent = { ...grace, userId: "3" };
  const asked = await ask(appOn(db), agent, query, { id: "22222222-2222-4222-8222-222222222222" });
  expect(asked).toEqual({
    data: { entitlement: { supportDetails: { edges: [{ node: { action: "OTHER" } }] } } },
  });
});

test("only enrollments and certificates of learners with entitlements are stored, and no personal data", async () => {
  const owners = "select distinct user_id from";
  for (const table of ["course_enrollment", "certificate"])
    expect(await db.query(`${owners} ${table} order by 1`)).toEqual([{ user_id: "1" }, { user_id: "4" }]);
  expect(await db.query("select id, username, email, name, is_active from user_account order by id")).toEqual(
    [
      ["1", "ann", true],
      ["2", "ben", false],
      ["3", "cleo", true],
      ["4", "dora", true],
    ].map(([id, username, isActive]) => ({ id, username, email: null, name: null, is_active: isActive })),
  );
});

test("of equal policies, and of those for another mode, new entitlements get none", async () => {
  expect(
    await db.query(
      `select mode, retired_at is not null as "isRetired", refund_period::text as refund
       from course_entitlement_policy join imported_row k using (id) order by k.source_id`,
    ),
  ).toEqual([
    { mode: "verified", isRetired: true, refund: "60 days" },
    { mode: "verified", isRetired: false, refund: "60 days" },
    { mode: null, isRetired: false, refund: "12:00:00" },
    { mode: null, isRetired: true, refund: "60 days" },
  ]);
});

test("each row that was refused, altered or completed is told with the reason", () => {
  const told = notes.map(({ table, row, outcome, reason }) =>
    [table.replace("entitlements_", ""), row, outcome, reason].join(" "),
  );
  expect(told).toEqual(
    expect.arrayContaining([
      "courseentitlement 5 refused created is no instant of the years 1 to 9999",
      "historicalcourseentitlement 31 refused created is no instant of the years 1 to 9999",
      "courseentitlementsupportdetail 4 refused entitlement_id 5 was not imported",
      "courseentitlement 3 altered expired_at: the zero date is none",
      "courseentitlement 4 altered order_number: an empty one is none",
      "courseentitlementpolicy 1 altered retired: new entitlements get another policy",
      "courseentitlementsupportdetail 1 altered comments: the character NUL was left out",
      "courseentitlement 2 added an entry startOfHistory",
      "course_modes_coursemode course-v1:DemoX+DX.1+2026 broken usd refused min_price is no price",
    ]),
  );
});

test("the same import again changes nothing", async () => {
  const before = await checksumOf(db);
  const { report } = await importInto(db);
  expect(await checksumOf(db)).toEqual(before);
  const { rows } = report.tables.find(({ table }) => table === "entitlements_courseentitlement")!;
  expect(rows).toEqual({ same: 4 });
});

test("a dry run tells the same as the import, and writes nothing", async () => {
  const fresh = await openTestDatabase(importOptions);
  try {
    const before = await checksumOf(fresh.db);
    const dry = await importInto(fresh.db, { isDryRun: true });
    expect(await checksumOf(fresh.db)).toEqual(before);
    expect(await fresh.db.query("select to_regclass('import_staging.import') as staged")).toEqual([
      { staged: null },
    ]);
    expect(dry.notes).toEqual(notes);
  } finally {
    await fresh.close();
  }
});

describe("when the LMS has changed", () => {
  const changed = changedDump([
    ["entitlements_courseentitlement", "\tEDX-1\t101\t1\t2\t0", "\tEDX-1\t\\N\t1\t2\t1"],
    ["entitlements_courseentitlement", /^4\t.*\n/m, ""],
    ["entitlements_courseentitlement", "\ttab\\\there\t", "\tother\t"],
    ["entitlements_courseentitlementsupportdetail", /^2\t.*\n/m, ""],
  ]);
  afterAll(() => changed.remove());

  test("its changes and deletions follow, but what was changed here stays and is told", async () => {
    const change = { userId: null, userLabel: "grace", reason: "expireEntitlement", requestId: "r1" };
    await transact(db, { ...change, source: "API" }, async (tx) => {
      const row = await tx.findOneByOrFail(CourseEntitlement, { id: THREE });
      await tx.save(Object.assign(row, { expiredAt: new Date("2026-06-02") }));
    });
    const { report, notes: told } = await importInto(db, {
      source: openFolder(changed.folder, "2026-06-03 00:00:00.000000"),
    });
    expect(report.tables.find(({ table }) => table === "entitlements_courseentitlement")!.rows).toEqual({
      same: 1,
      changed: 1,
      deleted: 1,
    });
    expect(told).toContainEqual({
      table: "entitlements_courseentitlement",
      row: "3",
      outcome: "kept",
      reason: "it, or what belongs to it, was changed here since",
    });
    const rows = await db.query(
      "select id, enrollment_id, refund_locked, order_number from course_entitlement order by id",
    );
    expect(rows[0]).toEqual({ id: ONE, enrollment_id: null, refund_locked: true, order_number: "EDX-1" });
    expect(rows[2]).toMatchObject({ id: THREE, order_number: "tab\there" });
    expect(rows.map(({ id }: { id: string }) => id)).not.toContain(FOUR);
    expect((await entriesOf(FOUR)).at(-1)).toMatchObject({ type: "-", reason: "importReconciled" });
    expect(await broken(db)).toEqual([]);
  });
});

test("a source that has lost more than half of the entitlements is refused, unless that is right", async () => {
  const emptied = changedDump([["entitlements_courseentitlement", /^[^]*$/, ""]]);
  const source = openFolder(emptied.folder, "2026-06-04 00:00:00.000000");
  try {
    const before = await checksumOf(db);
    await expect(importInto(db, { source })).rejects.toThrow(
      "The source lacks 3 of the 3 entitlements that were imported, and an import would delete them here.",
    );
    expect(await checksumOf(db)).toEqual(before);
    await importInto(db, { source, acceptsDeletions: true });
    expect(await broken(db)).toEqual([]);
    // One was changed here, and support details belong to the others.
    expect(await db.query("select id from course_entitlement")).toHaveLength(3);
  } finally {
    emptied.remove();
  }
});

test("who was forgotten here stays forgotten when the source, which still has the name, is imported again", async () => {
  const fresh = await openTestDatabase(importOptions);
  const wordsAboutAnn = `select d.comments from course_entitlement_support_detail d
    join course_entitlement e on e.id = d.entitlement_id where e.user_id = 1 and d.comments <> ''`;
  try {
    await importInto(fresh.db);
    expect(await fresh.db.query(wordsAboutAnn)).not.toEqual([]);
    await eraseUser(fresh.db, { userId: "1", comments: "Request 4711" }, new Date());
    const source = openFolder(DUMP, "2026-06-05 00:00:00.000000");
    await importInto(fresh.db, { source });
    expect(
      await fresh.db.query("select username, is_active from user_account where id = 1 or username = 'ann'"),
    ).toEqual([{ username: "retired__user_1", is_active: false }]);
    expect(await fresh.db.query(wordsAboutAnn)).toEqual([]);
    expect(await broken(fresh.db)).toEqual([]);
  } finally {
    await fresh.close();
  }
});

test("an enrollment that an entitlement was redeemed for again between two imports ends with the entitlement", async () => {
  const fresh = await openTestDatabase(importOptions);
  const before = changedDump([
    [
      "student_courseenrollment",
      "2026-01-06 10:00:00.999999\t1\tverified\t1",
      "2026-01-03 10:00:00.999999\t0\tverified\t1",
    ],
    ["entitlements_courseentitlement", "EDX-1\t101\t1", "EDX-1\t\\N\t1"],
    ["entitlements_historicalcourseentitlement", /^1\t.*a reason.*\n/m, ""],
  ]);
  const isActive = async () => {
    const rows = await fresh.db.query<{ isActive: boolean }[]>(
      `select is_active as "isActive" from course_enrollment where user_id = 1 and mode = 'verified'`,
    );
    return rows.map((row) => row.isActive);
  };
  try {
    await importInto(fresh.db, { source: openFolder(before.folder, "2026-01-05 00:00:00.000000") });
    await importInto(fresh.db);
    expect(await isActive()).toEqual([true]);
    await expireEntitlement(requestOf(appOn(fresh.db), grace), { entitlementId: ONE, comments: "over" });
    expect(await isActive()).toEqual([false]);
  } finally {
    before.remove();
    await fresh.close();
  }
});

test("what is imported from a source whose clock is ahead of ours is not dated in the future", async () => {
  const fresh = await openTestDatabase(importOptions);
  try {
    await importInto(fresh.db, { source: openFolder(DUMP, "2036-06-01 12:00:00.000000") });
    expect(
      await fresh.db.query(
        `select (select count(*) > 0 and bool_and(seen_at <= clock_timestamp()) from course_enrollment) as enrollments,
           (select count(*) > 0 and bool_and(seen_at <= clock_timestamp()) from certificate) as certificates,
           (select bool_and(history_date <= clock_timestamp()) from historical_course_entitlement) as entries`,
      ),
    ).toEqual([{ enrollments: true, certificates: true, entries: true }]);
  } finally {
    await fresh.close();
  }
});

test("an import refuses to write what others have recorded as anything but an import", async () => {
  const change = {
    userId: null,
    userLabel: "system",
    reason: "test",
    requestId: null,
    source: "JOB",
  } as const;
  await expect(transact(db, change, (tx) => importing(tx, async () => {}))).rejects.toThrow("Only an import");
});

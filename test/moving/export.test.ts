import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSource } from "typeorm";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { CourseEntitlementSupportDetail } from "../../src/entities/course-entitlement-support-detail";
import { exportFolder } from "../../src/moving/export/export-folder";
import { csvRows } from "../../src/moving/sources/csv";
import { openFolder } from "../../src/moving/sources/folder";
import type { SourceRow } from "../../src/moving/sources/source";
import { tabRows } from "../../src/moving/sources/tab-text";
import { TRACKED_TABLES } from "../../src/moving/tables/tracked-tables";
import { transact } from "../../src/store/transact";
import { openTestDatabase } from "../support/database";
import { createEdxapp, hasMariadb } from "../support/mariadb";
import { runToEnd } from "../support/server-process";
import { AS_OF, changedDump, DUMP, importInto, importOptions, rowsOf } from "./importing";

const OURS = TRACKED_TABLES.flatMap(({ live, past }) => (past ? [live, past] : [live]));
const scratch = mkdtempSync(join(tmpdir(), "course-entitlements-export-"));
let db: DataSource;
let url: string;
let close: () => Promise<void>;
/** The dump, without what an import refuses: the rows of the entitlement that was made at the zero date. */
const source = changedDump([
  ["entitlements_courseentitlement", /^5\t.*\n/m, ""],
  ["entitlements_historicalcourseentitlement", /^5\t.*\n/m, ""],
  ["entitlements_courseentitlementsupportdetail", /^4\t.*\n/m, ""],
  // As an LMS on a newer MariaDB has it.
  [
    "entitlements_courseentitlement",
    "22222222222242228222222222222222",
    "22222222-2222-4222-8222-222222222222",
  ],
]);
beforeAll(async () => {
  ({ db, url, close } = await openTestDatabase(importOptions));
  await importInto(db, { source: openFolder(source.folder, AS_OF) });
});
afterAll(async () => {
  rmSync(scratch, { recursive: true });
  source.remove();
  await close();
});

let made = 0;
async function exported(format = "txt") {
  const folder = join(scratch, String(++made));
  await exportFolder({ db, folder, format, onProgress: () => {} });
  return folder;
}
const sorted = (rows: readonly SourceRow[]) => rows.map((row) => JSON.stringify(row)).toSorted();
const text = async function* (path: string) {
  yield readFileSync(path, "utf8");
};
async function all(rows: AsyncIterable<SourceRow[]>) {
  const found: SourceRow[] = [];
  for await (const some of rows) found.push(...some);
  return found;
}

test("what was imported and has not changed is exported exactly as it was", async () => {
  const [before, folder] = [openFolder(source.folder, AS_OF), await exported()];
  for (const table of OURS)
    expect({
      table: table.name,
      rows: sorted(await all(tabRows(text(join(folder, `${table.name}.txt`))))),
    }).toEqual({
      table: table.name,
      rows: sorted(await rowsOf(before, table)),
    });
});

test("CSV and JSON Lines hold the same rows", async () => {
  const [txt, csv, jsonl] = [await exported(), await exported("csv"), await exported("jsonl")];
  for (const { name, columns } of OURS) {
    const rows = await all(tabRows(text(join(txt, `${name}.txt`))));
    expect(await all(csvRows(text(join(csv, `${name}.csv`))))).toEqual([columns, ...rows]);
    const lines = readFileSync(join(jsonl, `${name}.jsonl`), "utf8")
      .split("\n")
      .filter(Boolean);
    expect(lines.map((line) => Object.values(JSON.parse(line) as object))).toEqual(rows);
  }
  expect(readdirSync(csv)).toHaveLength(OURS.length);
});

describe("what was changed or made here", () => {
  beforeAll(async () => {
    const change = { userId: "3", userLabel: "cleo", reason: "grantEntitlement", requestId: "r1" };
    await transact(db, { ...change, source: "API" }, async (tx) => {
      const one = await tx.findOneByOrFail(CourseEntitlement, { id: "11111111-1111-4111-8111-111111111111" });
      await tx.save(
        Object.assign(one, {
          expiredAt: new Date("2026-07-01T00:00:00.120Z"),
          modifiedAt: new Date("2026-07-01"),
        }),
      );
      const [enrollment] = await tx.query(
        `insert into course_enrollment (user_id, course_run_key, mode) values (2, 'course-v1:Quote''s+D+1', 'verified') returning id`,
      );
      const born = await tx.save(
        tx.create(CourseEntitlement, {
          userId: "2",
          courseUuid: "c0000000-0000-4000-8000-000000000009",
          mode: "verified",
          orderNumber: null,
          enrollmentId: (enrollment as { id: string }).id,
          policyId: null,
          createdAt: new Date("2026-07-02T00:00:00.001Z"),
          modifiedAt: new Date("2026-07-02T00:00:00.001Z"),
        }),
      );
      await tx.save(
        tx.create(CourseEntitlementSupportDetail, {
          entitlementId: born.id,
          supportUserId: "3",
          action: "CREATE",
          comments: "a\ttab",
          createdAt: new Date("2026-07-02"),
          modifiedAt: new Date("2026-07-02"),
        }),
      );
    });
  });

  test("is exported as it is now, with the ids that follow", async () => {
    const folder = await exported();
    const rows = await all(tabRows(text(join(folder, "entitlements_courseentitlement.txt"))));
    const { columns } = OURS[1]!;
    const named = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
    expect(named.find(({ id }) => id === "1")).toMatchObject({
      created: "2026-01-02 03:04:05.678000",
      expired_at: "2026-07-01 00:00:00.120000",
      enrollment_course_run_id: "101",
      _policy_id: "2",
    });
    expect(named.find(({ created }) => created === "2026-07-02 00:00:00.001000")).toMatchObject({
      id: "8",
      enrollment_course_run_id: null,
      order_number: null,
    });
    const past = await all(tabRows(text(join(folder, "entitlements_historicalcourseentitlement.txt"))));
    expect(past.slice(-2).map((row) => [row[0], ...row.slice(-5)])).toEqual([
      ["1", "31", expect.any(String), "grantEntitlement", "~", "3"],
      ["8", "32", expect.any(String), "grantEntitlement", "+", "3"],
    ]);
    const details = await all(tabRows(text(join(folder, "entitlements_courseentitlementsupportdetail.txt"))));
    expect(details.at(-1)).toEqual([
      "9",
      "2026-07-02 00:00:00.000000",
      "2026-07-02 00:00:00.000000",
      "",
      "a\ttab",
      "8",
      "3",
      null,
      "CREATE",
    ]);
  });

  const withMariadb = hasMariadb ? test : test.skip;
  withMariadb(
    "is loaded into an LMS, where its enrollment is found by learner and run (skipped without MariaDB)",
    async () => {
      const edxapp = await createEdxapp();
      try {
        await edxapp.ask(
          `insert into student_courseenrollment values (555, 'course-v1:Quote''s+D+1', null, 1, 'verified', 2)`,
        );
        const folder = await exported();
        await edxapp.load(folder);
        const rows = await edxapp.ask(
          "select id, enrollment_course_run_id as enrollment from entitlements_courseentitlement order by id",
        );
        expect(rows.map(({ id, enrollment }) => [id, enrollment])).toEqual([
          [1, 101],
          [2, null],
          [3, null],
          [4, null],
          [8, 555],
        ]);
        const [detail] = await edxapp.ask(
          "select hex(comments) as comments from entitlements_courseentitlementsupportdetail where id = 1",
        );
        expect(Buffer.from(String(detail!["comments"]), "hex").toString()).toBe(
          "a\0tab\t, line\nfeed, \\N and \\ and 🌊\0",
        );
      } finally {
        await edxapp.drop();
      }
    },
  );
});

test("a folder with files, and an unknown format, are refused", async () => {
  const refusal = (folder: string, format: string) =>
    exportFolder({ db, folder, format, onProgress: () => {} });
  await expect(refusal(DUMP, "txt")).rejects.toThrow(
    `${DUMP} holds files: name a folder that does not exist or is empty`,
  );
  await expect(refusal(join(scratch, "none"), "xml")).rejects.toThrow(
    "xml is none of the formats txt, csv, jsonl",
  );
});

test("the command tells what it has written", async () => {
  const args = ["--to", join(scratch, "new")];
  const { status, stdout } = await runToEnd("dist/src/cli/moving/export.js", { DATABASE_URL: url }, args);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/courseentitlement: 5 rows/) as string,
  });
});

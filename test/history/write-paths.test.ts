import { DataSource, type EntityManager } from "typeorm";
import { dataSourceOptions } from "../../ormconfig";
import { CourseEntitlementSupportDetail } from "../../src/entities/course-entitlement-support-detail";
import { openTestDatabase } from "../support/database";
import { WRITE_PATHS, type WritePath } from "./write-paths";
import { addPeople, asGrace, broken, GRACE, grant } from "./world";

const TABLES = ["course_entitlement", "course_entitlement_support_detail", "course_entitlement_policy"];

let ours: DataSource;
let theirs: DataSource;
let close: () => Promise<void>;
let ids: string[];

beforeAll(async () => {
  const opened = await openTestDatabase();
  ({ db: ours } = opened);
  // Another program with the same tables, which knows nothing of history.
  theirs = await new DataSource({ ...dataSourceOptions(opened.url), subscribers: [] }).initialize();
  close = async () => {
    await theirs.destroy();
    await opened.close();
  };
  await addPeople(ours);
});
afterAll(() => close());

beforeEach(async () => {
  ids = [];
  await ours.query(
    "insert into user_account (id, username) select id, id from generate_series(10, 13) id on conflict do nothing",
  );
  for (const userId of ["10", "11", "12"]) {
    const { id } = await grant(ours, { userId });
    await asGrace(ours, (tx) =>
      tx.save(CourseEntitlementSupportDetail, {
        entitlementId: id,
        action: "CREATE",
        createdAt: new Date(),
        modifiedAt: new Date(),
      }),
    );
    ids.push(id);
  }
});

describe.each(WRITE_PATHS)("a change by $name", (path) => {
  test("is in the history exactly once, with its source", async () => {
    const before = await snapshot();
    await through(path, (tx) => path.write(tx, ids));
    const after = await snapshot();
    const changed = differences(before.rows, after.rows);
    expect(changed.size).toBeGreaterThan(0);
    expect(after.entries.slice(before.entries.length).map(keyAndType).sort()).toEqual(
      [...changed].map(([key, type]) => `${key} ${type}`).sort(),
    );
    for (const entry of after.entries.slice(before.entries.length))
      expect(entry).toMatchObject(expectedSignature(path, entry.table));
    expect(await broken(ours)).toEqual([]);
  });

  test("leaves no entry when its savepoint is rolled back", async () => {
    const before = await snapshot();
    await through(path, async (tx) => {
      await tx.query("update user_account set name = name || '.' where id = 1");
      await expect(tx.transaction((inner) => path.write(inner, ids).then(regret))).rejects.toThrow("regret");
    });
    expect(await snapshot()).toEqual(before);
  });

  test("leaves no entry when its transaction is rolled back", async () => {
    const before = await snapshot();
    await expect(through(path, (tx) => path.write(tx, ids).then(regret))).rejects.toThrow("regret");
    expect(await snapshot()).toEqual(before);
  });

  test("is recorded beside the same change in a savepoint that was rolled back", async () => {
    await through(path, async (tx) => {
      await expect(tx.transaction((inner) => path.write(inner, ids).then(regret))).rejects.toThrow("regret");
      await path.write(tx, ids);
    });
    expect(await broken(ours)).toEqual([]);
  });
});

test.each(WRITE_PATHS.filter((path) => /repository|increment|delete|query builder/.test(path.name)))(
  "the application cannot make a change by $name",
  async (path) => {
    const before = await snapshot();
    await expect(asGrace(ours, (tx) => path.write(tx, ids))).rejects.toThrow(
      "Write CourseEntitlement with save()",
    );
    expect(await snapshot()).toEqual(before);
  },
);

function through(path: WritePath, work: (tx: EntityManager) => Promise<unknown>): Promise<unknown> {
  return path.isOurs ? asGrace(ours, work) : theirs.transaction(work);
}

function regret(): never {
  throw new Error("regret");
}

interface Entry {
  table: string;
  id: string;
  history_type: string;
}

/** All that the three tables and their history hold, as text. */
async function snapshot(): Promise<{ rows: Map<string, string>; entries: Entry[] }> {
  const rows = new Map<string, string>();
  const entries: Entry[] = [];
  for (const table of TABLES) {
    for (const row of await ours.query<{ id: string; text: string }[]>(
      `select id, t::text as text from ${table} t`,
    ))
      rows.set(`${table} ${row.id}`, row.text);
    for (const entry of await ours.query<Entry[]>(`select *, '${table}' as table from historical_${table}`))
      entries.push(entry);
  }
  return {
    rows,
    entries: entries.sort((a, b) => Number(a["history_id" as "id"]) - Number(b["history_id" as "id"])),
  };
}

function differences(before: Map<string, string>, after: Map<string, string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const key of new Set([...before.keys(), ...after.keys()]))
    if (before.get(key) !== after.get(key))
      found.set(key, !before.has(key) ? "+" : after.has(key) ? "~" : "-");
  return found;
}

const keyAndType = (entry: Entry) => `${entry.table} ${entry.id} ${entry.history_type}`;

/** Support details are deleted by cascade, with the author who removed the entitlement. */
function expectedSignature(path: WritePath, table: string) {
  const isCascade = table !== "course_entitlement";
  return {
    history_source: path.isOurs && !isCascade ? "API" : "DATABASE",
    history_user_label: path.isOurs ? GRACE.userLabel : expect.stringMatching(/^database:./),
    history_user_id: path.isOurs ? GRACE.userId : null,
    history_change_reason: path.isOurs ? GRACE.reason : "sql",
    history_request_id: path.isOurs ? GRACE.requestId : null,
  };
}

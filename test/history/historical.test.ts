import type { DataSource } from "typeorm";
import { tracked } from "../../src/history/historical";
import { openTestDatabase } from "../support/database";

let db: DataSource;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
afterAll(() => close());

const columnsOf = (table: string) =>
  db.query<{ column: string; type: string; isNullable: boolean }[]>(
    `select attname as column, format_type(atttypid, atttypmod) as type, not attnotnull as "isNullable"
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attname`,
    [table],
  );

/** When another system was last asked of a row has no history. */
const isTracked = ({ column }: { column: string }) => column !== "seen_at";

test("a history has every column of its table but `seen_at`, of the same type, and the entities have all of them", async () => {
  for (const [entity, history] of tracked) {
    const live = db.getMetadata(entity as () => object);
    const kept = db.getMetadata(history);
    const ofHistory = await columnsOf(kept.tableName);
    const ofLive = await columnsOf(live.tableName);
    const references = new Set(live.foreignKeys.flatMap((key) => key.columnNames));
    const shared = ofHistory.filter(({ column }) => !column.startsWith("history_"));
    expect(shared).toEqual(
      ofLive
        .filter(isTracked)
        .map((column) => ({ ...column, isNullable: column.isNullable || references.has(column.column) })),
    );
    expect(kept.columns.map((column) => column.databaseName).toSorted()).toEqual(
      ofHistory.map(({ column }) => column).toSorted(),
    );
  }
});

test("no history table has foreign keys to rows that can be deleted, or unique values of its table", async () => {
  const tables = [...tracked.values()].map((history) => db.getMetadata(history).tableName);
  const constraints = await db.query<{ kind: string }[]>(
    "select distinct contype as kind from pg_constraint where conrelid = any($1::regclass[]) and contype not in ('c', 'n')",
    [tables],
  );
  expect(constraints).toEqual([{ kind: "p" }]);
  const unique = await db.query(
    "select from pg_index where indrelid = any($1::regclass[]) and indisunique and not indisprimary",
    [tables],
  );
  expect(unique).toEqual([]);
});

test("every tracked table is guarded whatever the role of a session is, and so is its history", async () => {
  for (const [entity, history] of tracked) {
    const triggers = async (table: string) =>
      (
        await db.query<{ name: string }[]>(
          "select tgname as name from pg_trigger where tgrelid = $1::regclass and not tgisinternal and tgenabled = 'A'",
          [table],
        )
      ).map(({ name }) => name);
    expect(await triggers(db.getMetadata(entity as () => object).tableName)).toEqual(
      expect.arrayContaining(["guard", "refuse_truncate"]),
    );
    expect(await triggers(db.getMetadata(history).tableName)).toContain("append_only");
  }
});

test("every guard records every column of its table, also after a migration that adds one", async () => {
  for (const entity of tracked.keys()) {
    const { tableName } = db.getMetadata(entity as () => object);
    const [guard] = await db.query<{ body: string }[]>(
      "select prosrc as body from pg_proc where proname = $1",
      [`guard_${tableName}`],
    );
    const recorded = /insert into \w+ \((.*), history_date/.exec(guard!.body)![1]!.split(", ");
    const columns = await columnsOf(tableName);
    expect(recorded.toSorted()).toEqual(columns.filter(isTracked).map(({ column }) => column));
  }
});

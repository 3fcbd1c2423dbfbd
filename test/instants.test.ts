import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../ormconfig";
import { fillDemoWorld } from "../src/demo/world";
import { migrateUp } from "../src/store/schema/migrate";
import { migrateDown } from "../src/store/schema/migrate-down";
import { appOn } from "./support/app";
import { createEmptyDatabase, openTestDatabase } from "./support/database";
import { actor, ask } from "./support/demo-app";

const UNREADABLE = [
  "infinity",
  "-infinity",
  "0044-03-15 00:00:00+00 BC",
  "9999-12-31 23:59:59-05",
  "294276-01-01 00:00:00+00",
];
const READABLE = ["0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999+00"];

test("every instant that is stored lies in the years 1 to 9999, whatever column a migration adds", async () => {
  const { db, close } = await openTestDatabase();
  const columns = await db.query<{ table: string; column: string; bound: string | null }[]>(
    `select relname as table, attname as column, pg_get_constraintdef(con.oid) as bound
     from pg_class c join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
     left join pg_constraint con on conrelid = c.oid and conname = relname || '_instants_check' and convalidated
     where relnamespace = 'public'::regnamespace and relkind = 'r'
       and atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
     order by 1, 2`,
  );
  expect(columns.length).toBeGreaterThan(30);
  for (const { table, column, bound } of columns) {
    const condition = /^CHECK \((.*)\)$/s.exec(bound ?? "")?.[1];
    if (!condition) throw new Error(`${table}.${column}: call bound_instants('${table}') in its migration`);
    const others = columns.filter((other) => other.table === table && other.column !== column);
    const nulls = others.map((other) => `, null::timestamptz as ${other.column}`).join("");
    const holds = async (value: string) => {
      const [row] = await db.query<[{ holds: boolean | null }]>(
        `select ${condition} as holds from (select $1::timestamptz as ${column}${nulls}) row`,
        [value],
      );
      return row.holds !== false;
    };
    for (const value of UNREADABLE)
      expect([table, column, value, await holds(value)]).toEqual([table, column, value, false]);
    for (const value of READABLE)
      expect([table, column, value, await holds(value)]).toEqual([table, column, value, true]);
  }
  await close();
});

test("a migration reports the rows that must be changed, and an unreadable old entry makes only its own field fail", async () => {
  const database = await createEmptyDatabase();
  const options = migrationOptions(database.url);
  await migrateUp(options);
  const db = await new DataSource(dataSourceOptions(database.url)).initialize();
  const app = appOn(db, { SITE_DOMAIN: "demo.example" });
  await fillDemoWorld(app);
  // The earlier version of the entry.
  await db.query("delete from refund where state not in ('SUCCEEDED', 'FAILED')");
  let reverted: string | undefined;
  do ({ name: reverted } = await migrateDown(options, true));
  while (reverted && !reverted.startsWith("BoundInstants"));
  const [{ id }] = await db.query<[{ id: string }]>(
    "select id from course_entitlement where user_id = 1 order by id limit 1",
  );
  await db.query("update course_entitlement set expired_at = 'infinity' where id = $1", [id]);
  await expect(migrateUp(options)).rejects.toThrow(
    "expired_at of course_entitlement holds an instant outside the years 1 to 9999 in 1 row(s)",
  );
  await db.query("update course_entitlement set expired_at = null where id = $1", [id]);
  await migrateUp(options);
  await expect(
    db.query("update course_entitlement set expired_at = 'infinity' where id = $1", [id]),
  ).rejects.toThrow("course_entitlement_instants_check");

  const staff = actor("hopper", { isStaff: true });
  const { data, errors } = await ask<{
    history: {
      edges: { cursor: string; node: { changes: { field: string; from: unknown; to: unknown }[] } }[];
    };
  }>(
    app,
    staff,
    "{ history(first: 3, filter: { entityTypes: [COURSE_ENTITLEMENT] }) { edges { cursor node { id changedAt changes { field from to } } } pageInfo { endCursor } } }",
  );
  expect(errors).toBeUndefined();
  const changes = data!.history.edges.map(({ node }) => node.changes);
  expect(changes[0]).toContainEqual(
    expect.objectContaining({ field: "expiredAt", from: "infinity", to: null }),
  );
  expect(changes[1]).toContainEqual(expect.objectContaining({ field: "expiredAt", to: "infinity" }));
  await db.destroy();
  await database.drop();
});

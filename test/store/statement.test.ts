import { Pool } from "pg";
import type { DataSource } from "typeorm";
import { entitlementsById } from "../../src/reads/entitlement-facts";
import { poolOf, select } from "../../src/store/statement";
import { openTestDatabase } from "../support/database";

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
afterAll(() => close());

const ID = "e0000000-0000-4000-8000-000000000001";
const TIMES = 8;

test("a statement with a list of keys is planned once, however short the list is", async () => {
  const plans = await db.transaction(async (tx) => {
    for (let time = 0; time < TIMES; time++) await entitlementsById(tx, [ID]);
    return tx.query<unknown[]>(
      "select generic_plans from pg_prepared_statements where statement like '%e.id = any%'",
    );
  });
  expect(plans).toEqual([{ generic_plans: String(TIMES - 5) }]); // PostgreSQL tries five times first
});

test("a statement in a transaction sees the rows that the transaction has written, and fails like TypeORM's statements", async () => {
  const undone = db.transaction(async (tx) => {
    await tx.query("insert into site (id, domain, name) values (9, 'here.example', 'Here')");
    expect(await select(tx, "select domain from site where name = $1", ["Here"])).toEqual([
      { domain: "here.example" },
    ]);
    await select(tx, "select $1::int / 0", [1]);
  });
  await expect(undone).rejects.toMatchObject({ name: "QueryFailedError", driverError: { code: "22012" } });
  expect(await select(db, "select domain from site where name = $1", ["Here"])).toEqual([]);
});

test("the pool that TypeORM does not publish is the one that its own statements use", async () => {
  const pool = poolOf(db);
  expect(pool).toBeInstanceOf(Pool);
  await db.transaction(async (tx) => {
    await tx.query("select 1");
    expect(pool.totalCount - pool.idleCount).toBe(1);
  });
  expect(pool.totalCount - pool.idleCount).toBe(0);
});

import { DataSource } from "typeorm";
import { dataSourceOptions } from "../../ormconfig";
import { transactSurely } from "../../src/store/transact-surely";
import { openCommitProxy, type CommitProxy } from "../chaos/commit-proxy";
import { createTestDatabase, type TestDatabase } from "../support/database";
import { SYSTEM } from "../support/refunds";

let database: TestDatabase;
let wire: CommitProxy;
let db: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  wire = await openCommitProxy(database.url);
  db = await new DataSource(dataSourceOptions(wire.url)).initialize();
});
afterAll(async () => {
  await db.destroy();
  await wire.close();
  await database.drop();
});

const addSite = (id: number) =>
  transactSurely(db, SYSTEM, async (tx) => {
    await tx.query("insert into site (id, domain, name) values ($1, $2, 'x')", [id, `${id}.example`]);
    return id;
  });
const sites = () => db.query<unknown[]>("select id::int as id from site order by id");

test("a transaction whose COMMIT arrived succeeds, although the answer was lost", async () => {
  wire.lose("answer");
  expect(await addSite(11)).toBe(11);
  expect(await sites()).toContainEqual({ id: 11 });
});

test("a transaction whose COMMIT was lost fails", async () => {
  wire.lose("lose");
  await expect(addSite(12)).rejects.toThrow("terminated");
  expect(await sites()).not.toContainEqual({ id: 12 });
});

test("an error within the transaction is thrown unchanged, and nothing is stored", async () => {
  await expect(addSite(11)).rejects.toThrow("site_pkey");
  const failing = transactSurely(db, SYSTEM, async (tx) => {
    await tx.query("insert into site (id, domain, name) values (13, '13.example', 'x')");
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await sites()).not.toContainEqual({ id: 13 });
});

test("two transactions that wait for each other both succeed", async () => {
  await addSite(21);
  await addSite(22);
  const update = (first: number, second: number) =>
    transactSurely(db, SYSTEM, async (tx) => {
      for (const id of [first, second]) {
        await tx.query("update site set name = name || $2 where id = $1", [id, String(first)]);
        await tx.query("select pg_sleep(0.1)");
      }
    });
  await Promise.all([update(21, 22), update(22, 21)]);
  const rows = await db.query<{ name: string }[]>("select name from site where id in (21, 22)");
  expect(rows.map(({ name }) => name.length)).toEqual([5, 5]);
});

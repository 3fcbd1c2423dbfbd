import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../../ormconfig";
import { bePatient } from "../../src/store/connection/patience";
import { createEmptyDatabase, patient, type TestDatabase } from "../support/database";

let database: TestDatabase;
let db: DataSource;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => db.destroy());
afterAll(() => database.drop());

/** One connection, on which PostgreSQL ends statements after a while, or its client does not wait for longer. */
async function open(statementMs: number, silenceMs: number): Promise<void> {
  const options = patient(dataSourceOptions(database.url, 1));
  const extra = { ...(options.extra as object), query_timeout: silenceMs };
  db = await new DataSource({ ...options, extra }).initialize();
  await db.query(`set statement_timeout = ${statementMs}`);
}
const SLOW = "select pg_sleep(0.3)";

test.each([
  ["PostgreSQL ends statements", 100, 60_000, "canceling statement due to statement timeout"],
  ["the client stops waiting", 60_000, 100, "Query read timeout"],
])(
  "a patient transaction takes as long as it needs where %s, and what follows on its connection does not",
  async (_, statementMs, silenceMs, fault) => {
    await open(statementMs, silenceMs);
    await db.query("create table slow (id int)");
    await db.query(
      `create or replace function sleep() returns trigger language plpgsql
         as $$ begin perform pg_sleep(0.3); return null; end $$;
       create constraint trigger sleep after insert on slow deferrable initially deferred for each row
         execute function sleep()`,
    );
    await db.transaction(async (tx) => {
      await bePatient(tx);
      await tx.query(SLOW);
      await tx.query("insert into slow values (1)"); // its commit is slow
    });
    expect(await db.query("select * from slow")).toEqual([{ id: 1 }]);
    const undone = db.transaction(async (tx) => {
      await bePatient(tx);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    await db.query("drop table slow");
    await expect(db.transaction((tx) => tx.query(SLOW))).rejects.toThrow(fault);
  },
);

test("a transaction without time limits keeps having none", async () => {
  db = await new DataSource(migrationOptions(database.url)).initialize();
  await db.transaction(async (tx) => {
    await bePatient(tx);
    expect(await tx.query("show statement_timeout")).toEqual([{ statement_timeout: "0" }]);
  });
});

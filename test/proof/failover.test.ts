import { setTimeout as sleep } from "node:timers/promises";
import { DataSource } from "typeorm";
import { dataSourceOptions } from "../../ormconfig";
import { Committer } from "../../src/history/committer";
import { prove } from "../../src/proof/sealed/prove";
import { Sealer } from "../../src/proof/sealed/sealer";
import { poolOf } from "../../src/store/statement";
import { addPeople, grant } from "../history/world";
import { asSuperuser, createTestDatabase, patient, type TestDatabase } from "../support/database";
import { statementsOf } from "../support/statements";
import { newSigner } from "./signers";

/** A server as far as it settles and seals. */
interface Server {
  db: DataSource;
  committer: Committer;
  sealer: Sealer;
}

const signer = newSigner("history.example");
let database: TestDatabase;
let one: Server;
let other: Server;
beforeEach(async () => {
  database = await createTestDatabase();
  [one, other] = [await aServer(), await aServer()];
  await addPeople(one.db);
});
afterEach(async () => {
  await Promise.all([one.db.destroy(), other.db.destroy()]);
  await database.drop();
});

async function aServer(): Promise<Server> {
  const db = await new DataSource(patient(dataSourceOptions(database.url))).initialize();
  return { db, committer: new Committer(db), sealer: new Sealer(db, () => signer) };
}

async function changeAndSeal({ db, committer, sealer }: Server): Promise<void> {
  await grant(db);
  await committer.settle(true);
  await sealer.seal();
}

/** Does something that an asynchronous standby does not get, which then takes the place of the database. */
async function losing(work: () => Promise<void>): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  await endConnections();
  await asSuperuser(`create database ${name}_standby template ${name}`);
  await work();
  await endConnections();
  await asSuperuser(`drop database ${name}`);
  await asSuperuser(`alter database ${name}_standby rename to ${name}`);
}

/** Ends the connections of both servers, as a failover does, and waits until they have noticed. */
async function endConnections(): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  await asSuperuser(
    `select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = '${name}'`,
  );
  for (const { db } of [one, other]) while (poolOf(db).totalCount > 0) await sleep(5);
}

const clock = async () => {
  const [row] = await one.db.query<[{ at: Date }]>("select settled_until as at from history_clock");
  return row.at;
};

test("a server that has sealed what a failover lost goes on from what others have sealed since", async () => {
  await changeAndSeal(one);
  await losing(() => changeAndSeal(other));
  await changeAndSeal(one);
  await changeAndSeal(other);
  const trusted = { vkey: signer.vkey, outside: [], witnesses: [] };
  expect((await prove(one.db, trusted)).faults).toEqual([]);
});

test("an instant whose place in history a failover lost is settled again before anything is answered as of it", async () => {
  await changeAndSeal(one);
  let lost: Date | undefined;
  await losing(async () => {
    await changeAndSeal(other);
    lost = await clock();
  });
  expect((await clock()).getTime()).toBeLessThan(lost!.getTime());
  await other.committer.settle();
  await other.committer.until(lost!);
  expect((await clock()).getTime()).toBeGreaterThanOrEqual(lost!.getTime());
});

test("after its connection was lost a round looks for changes again, whatever was visible before", async () => {
  await changeAndSeal(one);
  await one.committer.settle();
  await endConnections();
  const sent = await statementsOf(() => one.committer.settle());
  expect(sent.some(({ text }) => text.includes("insert into history_transaction"))).toBe(true);
});

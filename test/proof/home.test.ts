import type { DataSource } from "typeorm";
import { migrations } from "../../migrations";
import { migrationOptions } from "../../ormconfig";
import { Committer } from "../../src/history/committer";
import { adopt, homeFaults } from "../../src/proof/home";
import { postureFaults } from "../../src/proof/posture";
import { settledFaults } from "../../src/proof/settled";
import { migrateDown } from "../../src/store/schema/migrate-down";
import { addPeople, broken, grant } from "../history/world";
import { asSuperuser, openTestDatabase } from "../support/database";
import { JWT_JWK_SET } from "../support/http";
import { runToEnd } from "../support/server-process";

let db: DataSource;
let url: string;
let close: () => Promise<void>;
beforeEach(async () => {
  ({ db, url, close } = await openTestDatabase());
  await addPeople(db);
  for (let times = 0; times < 3; times++) await grant(db);
  await new Committer(db).settle();
});
afterEach(() => close());

const AHEAD = 1_000_000_000;
/** Makes of it what a restore into a fresh cluster would be: history has transactions that this cluster has yet to reach. */
async function moveHistory(ahead = AHEAD): Promise<void> {
  const triggers = await asSuperuser(
    `select format('alter table %s %%s trigger %I;', tgrelid::regclass, tgname) as text from pg_trigger
     where tgname ~ '^append_only' and tgrelid in ('historical_course_entitlement'::regclass, 'history_transaction'::regclass)`,
    url,
  );
  const each = (how: string) => triggers.map(({ text }) => String(text).replace("%s", how)).join(" ");
  await asSuperuser(
    `set session_replication_role = replica; ${each("disable")}
     update historical_course_entitlement set history_txid = history_txid + ${ahead};
     update history_transaction set txid = txid + ${ahead};
     update history_clock set incarnation = '1', horizon = horizon + ${ahead}; ${each("enable always")}`,
    url,
  );
}
const ours = () => [broken(db), postureFaults(db.manager), settledFaults(db.manager)];

test("history that was settled in its own cluster is at home, and there is nothing to adopt", async () => {
  expect(await homeFaults(db.manager)).toEqual([]);
  expect(await adopt(db.manager)).toEqual([]);
});

test("a server refuses to start on a restored database and names the command, which lets history go on", async () => {
  await moveHistory();
  const settings = {
    DATABASE_URL: url,
    PORT: "0",
    NODE_ENV: "production",
    JWT_JWK_SET,
    JWT_ISSUER: "https://lms.example",
  };
  const refused = await runToEnd("dist/src/main.js", settings);
  expect(refused).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /history has transactions up to 1000\d+.*Run npm run history:adopt/,
    ) as string,
  });
  expect((await homeFaults(db.manager)).join("\n")).toMatch(/settled in the cluster 1, and this one is \d+/);

  const adopted = await runToEnd("dist/src/cli/history/history-adopt.js", { DATABASE_URL: url });
  expect(adopted).toMatchObject({ status: 0, stderr: "" });
  expect(adopted.stdout).toMatch(
    /^History goes on in the cluster \d+\.\nNumbers of transactions go on after 1000\d+: \d+ is added to those of this cluster\.\n$/,
  );
  expect(await homeFaults(db.manager)).toEqual([]);
  await grant(db);
  expect(await new Committer(db).settle()).toMatchObject({ settled: 1 });
  const [newest] = await db.query<[{ txid: string; first_position: string }]>(
    "select * from history_transaction order by first_position desc limit 1",
  );
  expect(Number(newest.txid)).toBeGreaterThan(AHEAD);
  expect(newest.first_position).toBe("3");
  expect(await Promise.all(ours())).toEqual([[], [], []]);
  const again = await runToEnd("dist/src/cli/history/history-adopt.js", { DATABASE_URL: url });
  expect(again.stdout).toBe("History is at home here: nothing to do.\n");
});

test("a server refuses to start where entries would get ids in another order than rows change, which the command mends", async () => {
  await db.query("alter sequence history_id_seq cache 50");
  const settings = { DATABASE_URL: url, PORT: "0", JWT_JWK_SET };
  expect(await runToEnd("dist/src/main.js", settings)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^history_id_seq gives 50 ids to a connection at once: .* Run npm run history:adopt/,
    ) as string,
  });
  expect(await adopt(db.manager)).toContain("Each entry gets the next id.");
  expect(await Promise.all(ours())).toEqual([[], [], []]);
});

test("what was committed before the backup and not settled is settled afterwards", async () => {
  await grant(db);
  await moveHistory();
  await adopt(db.manager);
  await grant(db);
  expect(await new Committer(db).settle()).toMatchObject({ settled: 2 });
  expect(await settledFaults(db.manager)).toEqual([]);
});

/** Reverts the migrations from one on, as they are missing in a backup of an older version; later ones give runs a history. */
async function revertTo(first: string): Promise<void> {
  const names = migrations.map(({ name }) => name);
  for (const name of names.slice(names.findIndex((each) => each.startsWith(first))).toReversed())
    expect(await migrateDown(migrationOptions(url), true)).toEqual({ name });
  await asSuperuser("insert into course_run (key, course_uuid) values ('a', gen_random_uuid())", url);
}
const migrateAsOperator = () => runToEnd("dist/src/cli/migrate.js", { DATABASE_URL: url }, ["up"]);
const newestTxid = async () => {
  const [row] = await asSuperuser("select max(history_txid) as txid from historical_course_entitlement", url);
  return Number(row!["txid"]);
};
/** Moves history so that its transactions have numbers which are still to come here, also while others work beside. */
async function moveAhead(): Promise<void> {
  const [row] = await asSuperuser(
    "select pg_current_xact_id()::text::bigint + 1000000 - min(history_txid) as ahead from historical_course_entitlement",
    url,
  );
  await moveHistory(Number(row!["ahead"]));
}

test("a backup of an older version is migrated only after history was adopted, so that no transaction has two meanings", async () => {
  await grant(db);
  await new Committer(db).settle();
  await revertTo("TrackWhatDecides");
  await moveAhead();

  expect(await migrateAsOperator()).toMatchObject({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(/^The next transaction is .*Run npm run history:adopt/) as string,
  });
  const adopted = await runToEnd("dist/src/cli/history/history-adopt.js", { DATABASE_URL: url });
  expect(adopted).toMatchObject({ status: 0, stdout: expect.stringContaining("go on after") as string });
  const migrated = await migrateAsOperator();
  expect(migrated).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^applied TrackWhatDecides/) as string,
  });
  const [first] = await asSuperuser("select min(history_txid) as txid from historical_course_run", url);
  expect(Number(first!["txid"])).toBeGreaterThan(await newestTxid());
  await new Committer(db).settle();
  expect(await Promise.all(ours())).toEqual([[], [], []]);
});

test("a backup from before there was an order of history is migrated at once, with numbers that go on", async () => {
  await moveHistory();
  await revertTo("SettleHistory");
  expect(await migrateAsOperator()).toMatchObject({ status: 0, stderr: "" });
  const [first] = await asSuperuser("select min(history_txid) as txid from historical_course_run", url);
  expect(Number(first!["txid"])).toBeGreaterThan(await newestTxid());
  await grant(db);
  expect(await new Committer(db).settle()).toMatchObject({ settled: 5 });
  expect(await Promise.all(ours())).toEqual([[], [], []]);
});

test("the sequence of a promoted replica goes on after the newest entry", async () => {
  await db.query("select setval('history_id_seq', 1, false)");
  expect(await homeFaults(db.manager)).toEqual([expect.stringContaining("history_id_seq goes on with 1")]);
  expect(await adopt(db.manager)).toContain("Ids of entries go on after 3.");
  await grant(db);
  const [row] = await db.query<[{ id: string }]>(
    "select max(history_id) as id from historical_course_entitlement",
  );
  expect(row.id).toBe("4");
  expect(await broken(db)).toEqual([]);
});

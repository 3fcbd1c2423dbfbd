import { Client } from "pg";
import type { DataSource } from "typeorm";
import { SupportAgent } from "../../src/entities/accounts/support-agent";
import { Committer, WAITS_AT_MOST_MS } from "../../src/history/committer";
import { importing, recordImported } from "../../src/history/imported";
import { settledFaults } from "../../src/proof/settled";
import { unsettled } from "../../src/reads/feed/unsettled";
import { transact } from "../../src/store/transact";
import { asSuperuser, openTestDatabase } from "../support/database";
import { addPeople, asGrace, grant } from "./world";

let db: DataSource;
let url: string;
let close: () => Promise<void>;
let committer: Committer;
let other: Client;
beforeEach(async () => {
  ({ db, url, close } = await openTestDatabase());
  await addPeople(db);
  committer = new Committer(db);
  other = new Client({ connectionString: url });
  await other.connect();
});
afterEach(async () => {
  expect(await settledFaults(db.manager)).toEqual([]);
  await other.end();
  await close();
});

interface Settled {
  position: number;
  id: string;
  at: Date;
  first_date: Date;
  history_date: Date;
}

/** The entries of entitlements that have a place, in its order. */
const settled = () =>
  db.query<Settled[]>(
    `select x.first_position::int + row_number() over (partition by x.txid order by h.history_id)::int - 1 as position,
       h.id, x.at, x.first_date, h.history_date
     from history_transaction x join historical_course_entitlement h on h.history_txid = x.txid order by position`,
  );
const clock = async () => {
  const [row] = await db.query<{ version: string; until: Date }[]>(
    "select xmin::text as version, settled_until as until from history_clock",
  );
  return row;
};
const INSERT = `insert into course_entitlement (id, user_id, course_uuid, mode, created_at, modified_at)
  select $1::uuid, 1, gen_random_uuid(), 'verified', now(), now()`;
const ID = "f0000000-0000-4000-8000-00000000000";

test("committed entries get positions without gaps, in the order of their commits", async () => {
  const ids = [await grant(db), await grant(db), await grant(db)].map(({ id }) => id);
  expect(await unsettled(db)).toMatchObject({ entries: 3 });
  expect(await committer.settle()).toMatchObject({ isOurs: true, settled: 3, left: 0, late: 0 });
  const more = await asGrace(db, async (tx) => {
    await tx.query(INSERT, [`${ID}1`]);
    await tx.query(INSERT, [`${ID}2`]);
    return [`${ID}1`, `${ID}2`];
  });
  await committer.settle();
  expect((await settled()).map(({ position, id }) => [position, id])).toEqual(
    [...ids, ...more].map((id, position) => [position, id]),
  );
  expect(await unsettled(db)).toEqual({ entries: 0, oldestSeconds: 0 });
});

test("entries of one transaction count from one instant, that of its last change", async () => {
  await asGrace(db, async (tx) => {
    await tx.query(INSERT, [`${ID}1`]);
    await tx.query("set constraints all immediate");
    await tx.query("select pg_sleep(0.01)");
    await tx.query(INSERT, [`${ID}2`]);
  });
  await committer.settle();
  const [first, second] = await settled();
  expect(first!.history_date.getTime()).toBeLessThan(second!.history_date.getTime());
  expect([first!.at, second!.at]).toEqual([second!.history_date, second!.history_date]);
  expect(first!.first_date).toEqual(first!.history_date);
});

test("a transaction that commits late counts from after what was settled before", async () => {
  await other.query("begin");
  await other.query("set constraints all immediate");
  await other.query(INSERT, [`${ID}1`]);
  await grant(db);
  await committer.settle(true);
  const until = (await clock())!.until;
  await other.query("commit");
  await committer.settle();
  const late = (await settled()).at(-1)!;
  expect(late.id).toBe(`${ID}1`);
  expect(late.history_date.getTime()).toBeLessThan(until.getTime());
  expect(late.at.getTime()).toBe(until.getTime() + 1);
});

test("two changes of one row keep their order, although one transaction began earlier and the clock was set back", async () => {
  const { id } = await grant(db);
  await committer.settle();
  const clockAt = (instant: string) =>
    db.query(`create or replace function history_now() returns timestamptz volatile language sql
      return timestamptz '${instant}'`);
  await other.query("begin");
  await other.query("select pg_current_xact_id()");
  await clockAt("2040-01-01 00:00:05+00");
  await db.query("update course_entitlement set mode = 'first' where id = $1", [id]);
  await clockAt("2040-01-01 00:00:00+00");
  await other.query("update course_entitlement set mode = 'second' where id = $1", [id]);
  await other.query("commit");
  await committer.settle();
  const modes = await db.query<{ mode: string }[]>(
    `select mode from history_transaction x join historical_course_entitlement h on h.history_txid = x.txid
     order by first_position`,
  );
  expect(modes.map(({ mode }) => mode)).toEqual(["verified", "first", "second"]);
});

test("nothing is written where nothing is unsettled and nobody asks", async () => {
  await grant(db);
  await committer.settle();
  const { version } = (await clock())!;
  for (let times = 0; times < 3; times++) expect(await committer.settle()).toMatchObject({ settled: 0 });
  expect((await clock())!.version).toBe(version);
  await committer.settle(true);
  expect((await clock())!.version).not.toBe(version);
});

test("entries that a rolled-back transaction or savepoint has written have no place", async () => {
  await asGrace(db, async (tx) => {
    await tx.query(INSERT, [`${ID}1`]);
    const undone = tx.transaction(async (inner) => {
      await inner.query(INSERT, [`${ID}2`]);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
  });
  await other.query("begin");
  await other.query(INSERT, [`${ID}3`]);
  await other.query("rollback");
  expect(await committer.settle()).toMatchObject({ settled: 1 });
});

test("a transaction that was prepared is settled when it is committed", async () => {
  await other.query("begin");
  await other.query(INSERT, [`${ID}1`]);
  await other.query("prepare transaction 'late'");
  await grant(db);
  expect(await committer.settle()).toMatchObject({ settled: 1 });
  await other.query("commit prepared 'late'");
  expect(await committer.settle()).toMatchObject({ settled: 1 });
});

test("many processes that settle at once, while others write, leave no gap and settle everything", async () => {
  const committers = [committer, new Committer(db), new Committer(db)];
  const write = async () => {
    for (let times = 0; times < 20; times++) await grant(db);
  };
  const written = new AbortController();
  const settle = async (each: Committer) => {
    while (!written.signal.aborted) await each.settle(Math.random() < 0.5);
  };
  const settling = committers.map(settle);
  await Promise.all([write(), write(), write()]);
  written.abort();
  await Promise.all(settling);
  await committer.settle();
  expect(await settled()).toHaveLength(60);
  expect(await unsettled(db)).toMatchObject({ entries: 0 });
});

test("a backlog is settled in parts of 20,000 entries, none of which parts a transaction", async () => {
  await asSuperuser(
    `insert into historical_course_entitlement (id, user_id, course_uuid, mode, refund_locked, created_at, modified_at,
       history_date, history_type, history_change_reason, history_user_label, history_source, history_txid)
     select gen_random_uuid(), 1, gen_random_uuid(), 'verified', false, now(), now(),
       timestamptz '2020-01-01' + n * interval '1 ms', '+', 'x', 'ada', 'API', case when n <= 20500 then 3 else n / 2 end
     from generate_series(1, 45000) n`,
    url,
  );
  const told: [number, number][] = [];
  committer = new Committer(db, (done, of) => told.push([done, of]));
  expect(await committer.settle()).toMatchObject({ settled: 20_500, left: 24_500 });
  expect(told.at(-1)).toEqual([45_000, 45_000]);
  const parts = await db.query<{ entries: string }[]>(
    "select sum(entries) as entries from history_transaction group by xmin order by min(first_position)",
  );
  expect(parts.map(({ entries }) => Number(entries))).toEqual([20_500, 19_999, 4_501]);
  expect(await committer.settle()).toMatchObject({ settled: 0, left: 0 });
});

test("a past that was told before anything else leaves later changes their own instants", async () => {
  await db.query("insert into history_told default values");
  await db.transaction(async (tx) => {
    await tx.query("insert into history_told default values");
    await tx.query(INSERT, [`${ID}1`]);
  });
  const { id } = await grant(db);
  await committer.settle();
  const own = (await settled()).find((entry) => entry.id === id)!;
  expect(own.at).toEqual(own.history_date);
});

test("what an import tells counts from the dates that it names, and moves no clock, although one is in the future", async () => {
  await grant(db);
  const change = {
    userId: null,
    userLabel: "system",
    reason: "x",
    source: "IMPORT",
    requestId: null,
  } as const;
  const columns = ["user_id", "comments", "created_at", "modified_at"];
  const told = (
    date: string,
    type: string,
  ) => `select nextval('history_id_seq') as history_id, '${ID}1'::uuid as id,
    1 as user_id, 'x' as comments, now() as created_at, now() as modified_at, '${date}'::timestamptz as date,
    '${type}' as type, 'x' as reason, null::bigint as user_id_of_author, 'x' as label`;
  await transact(db, change, (tx) =>
    importing(tx, () =>
      recordImported(
        tx,
        SupportAgent,
        columns,
        `${told("2001-01-01", "+")} union all ${told("2090-01-01", "-")}`,
      ),
    ),
  );
  const { settled, settledUntil, now } = await committer.settle();
  expect(settled).toBe(3);
  expect(settledUntil!.getTime()).toBeLessThanOrEqual(now.getTime());
  const torn = "select * from history_transaction where first_date < at";
  expect(await db.query(torn)).toEqual([]);
});

test("nobody waits for an instant that lies further ahead than clocks differ", async () => {
  const ahead = new Date(Date.now() + WAITS_AT_MOST_MS - 100);
  await expect(committer.until(ahead)).rejects.toMatchObject({ isFuture: true });
  expect(Date.now()).toBeLessThan(ahead.getTime());
});

test("an instant is settled on demand, and one in the future, or while another session keeps the turn, is refused", async () => {
  await grant(db);
  const [{ now }] = await db.query<[{ now: Date }]>("select history_now() as now");
  await committer.until(now);
  expect((await clock())!.until.getTime()).toBeGreaterThanOrEqual(now.getTime());
  const future = committer.until(new Date(now.getTime() + 60_000));
  await expect(future).rejects.toMatchObject({ isFuture: true });
  await committer.until(new Date(Date.now() + 100)); // a clock that is a little ahead

  await other.query("select pg_advisory_lock(1795334400)");
  const busy = new Committer(db).until(new Date());
  await expect(busy).rejects.toMatchObject({ isFuture: false, settledUntil: (await clock())!.until });
});

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { DataSource } from "typeorm";
import { Committer } from "../../src/history/committer";
import { settledFaults } from "../../src/proof/settled";
import { addPeople, grant } from "../history/world";
import { asSuperuser, openTestDatabase } from "../support/database";

const execute = promisify(execFile);

let db: DataSource;
let url: string;
let close: () => Promise<void>;
let ids: string[];
beforeEach(async () => {
  ({ db, url, close } = await openTestDatabase());
  await addPeople(db);
  ids = [await grant(db), await grant(db), await grant(db)].map(({ id }) => id);
  await new Committer(db).settle();
});
afterEach(() => close());

/** Changes what nobody can change, without its triggers. */
const tamper = (sql: string, table = "history_transaction") =>
  asSuperuser(
    `alter table ${table} disable trigger all; ${sql}; alter table ${table} enable trigger all`,
    url,
  );
const AT_1 = "where first_position = 1";

test.each([
  [
    "a gap between positions",
    `update history_transaction set first_position = 7 where first_position = 2`,
    "position 7: .*should be position 2",
    2,
  ],
  [
    "an instant before the one before it",
    `update history_transaction set (at, first_date) = (timestamptz '2001-01-01', timestamptz '2001-01-01') ${AT_1}`,
    "position 1: .*counts from .*2001.* before the transaction before it",
    1,
  ],
  [
    "a transaction without a place",
    // Other databases of the cluster may keep the horizon back.
    `delete from history_transaction where first_position = 2; update history_clock set horizon = horizon + 1000000`,
    "^transaction .*has no place",
    2,
  ],
  [
    "more entries than there are",
    `update history_transaction set entries = 2 where first_position = 2`,
    "position 2: .*has 2 entries in the order of history, and 1 in its tables",
    2,
  ],
  [
    "dates that are not those of the entries",
    `update history_transaction set first_date = '2001-01-01' ${AT_1}`,
    "position 1: .*counts from .*2001",
    1,
  ],
])("%s is named with the first position that is wrong, and with its entity", async (_, sql, fault, which) => {
  expect(await settledFaults(db.manager)).toEqual([]);
  await tamper(sql);
  const faults = await settledFaults(db.manager);
  expect(faults[0]).toMatch(new RegExp(fault));
  expect(faults[0]).toContain(`of course_entitlement ${ids[which]!}) `);
});

test("an entry that was deleted, and a clock behind what is settled, are named by history:verify", async () => {
  await tamper(
    `delete from historical_course_entitlement where id = '${ids[1]!}'`,
    "historical_course_entitlement",
  );
  await tamper("update history_clock set settled_until = '2001-01-01'", "history_clock");
  const failure = await execute(process.execPath, ["dist/src/cli/history-verify.js"], {
    env: { ...process.env, DATABASE_URL: url },
  }).catch((error: unknown) => error as { code: number; stdout: string });
  expect(failure).toMatchObject({ code: 1 });
  expect(failure.stdout).toMatch(
    /^position 1: .* has 1 entries in the order of history, and none in its tables$/m,
  );
  expect(failure.stdout).toMatch(/^position 2: .* but the clock says that all is settled until 2001/m);
});

test("the clock of history never goes back, and the order of history cannot be changed", async () => {
  const back = db.query("update history_clock set settled_until = settled_until - interval '1 ms'");
  await expect(back).rejects.toThrow("the clock of history goes forward only");
  for (const sql of [
    "update history_transaction set at = at",
    "delete from history_told",
    "truncate history_told",
  ])
    await expect(db.query(sql)).rejects.toThrow("history is never changed");
});

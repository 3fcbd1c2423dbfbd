import type { DataSource, EntityManager } from "typeorm";
import { postureFaults } from "../../src/proof/posture";
import { addPeople, grant } from "../history/world";
import { openTestDatabase } from "../support/database";

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  await addPeople(db);
});
afterAll(() => close());

/** Does something that is undone again. */
async function briefly(work: (tx: EntityManager) => Promise<void>): Promise<void> {
  const undone = new Error("undone");
  const doing = db.transaction(async (tx) => {
    await work(tx);
    throw undone;
  });
  await expect(doing).rejects.toBe(undone);
}

test("nothing lets a change pass by history in a database that was only migrated", async () => {
  expect(await postureFaults(db.manager)).toEqual([]);
});

describe("what would let a change pass by history is told:", () => {
  test.each([
    [
      "a guard that is off",
      "alter table course_entitlement disable trigger guard",
      "guard does not always fire",
    ],
    [
      "triggers as a restore leaves them",
      "alter table refund disable trigger all; alter table refund enable trigger all",
      "trigger refund guard does not always fire",
    ],
    ["a guard that is gone", "drop trigger guard on refund", "trigger refund guard is missing"],
    [
      "a guard with another condition",
      `drop trigger guard on refund; create constraint trigger guard after insert or update or delete on refund
         deferrable initially deferred for each row when (false) execute function guard_refund();
       alter table refund enable always trigger guard`,
      "trigger refund guard is not as it was made",
    ],
    [
      "a guard that does nothing",
      `create or replace function guard_refund() returns trigger language plpgsql security definer
         as $$ begin return null; end $$`,
      "function guard_refund is not as it was made",
    ],
    [
      "a guard with the rights of whoever writes",
      "alter function guard_course_entitlement() security invoker",
      "function guard_course_entitlement is not as it was made",
    ],
    [
      "another clock",
      "create or replace function history_now() returns timestamptz volatile language sql return now() - interval '1 h'",
      "function history_now is not as it was made",
    ],
    [
      "a history that can be changed",
      "alter table historical_refund disable trigger append_only",
      "trigger historical_refund append_only does not always fire",
    ],
    [
      "a trigger of somebody else",
      `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
       create trigger swallow before insert on historical_refund for each row execute function swallow()`,
      "trigger historical_refund swallow is not ours",
    ],
    ["a rule", "create rule r as on update to refund do instead nothing", "refund has rules"],
    ["row security", "alter table refund enable row level security", "refund has row security"],
    ["an heir", "create table heir () inherits (refund)", "refund has tables that inherit from it"],
    [
      "everybody's right to forge",
      "grant insert on historical_refund to public",
      "everybody may insert historical_refund",
    ],
    [
      "everybody's right to write the role",
      "grant insert (history_role) on historical_refund to public",
      "everybody may insert historical_refund.history_role",
    ],
    [
      "everybody's right to set the order",
      "grant update on history_id_seq to public",
      "may update history_id_seq",
    ],
  ])("%s", (_, sql, fault) =>
    briefly(async (tx) => {
      await tx.query(sql);
      expect((await postureFaults(tx)).join("\n")).toContain(fault);
    }),
  );

  test("a sequence that would put new entries before old ones, as after the promotion of a replica", async () => {
    for (let times = 0; times < 3; times++) await grant(db);
    await db.query("select setval('history_id_seq', 1, false)");
    expect(await postureFaults(db.manager)).toEqual([
      expect.stringMatching(/^history_id_seq goes on with 1, but history has entries up to 3: .*setval/),
    ]);
    await db.query("select setval('history_id_seq', 3)");
    expect(await postureFaults(db.manager)).toEqual([]);
  });
});

test("guard_history() makes anew what is not as it must be", () =>
  briefly(async (tx) => {
    await tx.query("alter table refund disable trigger all; drop trigger refuse_truncate on refund");
    await tx.query("select guard_history('refund'); alter table refund enable trigger refund_final");
    expect(await postureFaults(tx)).toEqual([]);
  }));

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

/** Runs statements and rolls them back. */
async function briefly(work: (tx: EntityManager) => Promise<void>): Promise<void> {
  const undone = new Error("undone");
  const doing = db.transaction(async (tx) => {
    await work(tx);
    throw undone;
  });
  await expect(doing).rejects.toBe(undone);
}

test("in a database that was only migrated, no change can bypass the history", async () => {
  expect(await postureFaults(db.manager)).toEqual([]);
});

describe("the check reports whatever would let a change bypass the history:", () => {
  test.each([
    [
      "a guard that is off",
      "alter table course_entitlement disable trigger guard",
      "guard does not always fire",
    ],
    [
      "triggers in the state in which a restore leaves them",
      "alter table refund disable trigger all; alter table refund enable trigger all",
      "trigger refund guard does not always fire",
    ],
    ["a guard that was dropped", "drop trigger guard on refund", "trigger refund guard is missing"],
    [
      "a guard with another condition",
      `drop trigger guard on refund; create constraint trigger guard after insert or update or delete on refund
         deferrable initially deferred for each row when (false) execute function guard_refund();
       alter table refund enable always trigger guard`,
      "trigger refund guard is not as it was made",
    ],
    [
      "guards that name the role which has owned the tables before",
      "create role later_of_posture; alter table course_entitlement owner to later_of_posture",
      "trigger course_entitlement guard names another role than the owner of the tables: run npm run migrate -- up",
    ],
    [
      "a guard that does nothing",
      `create or replace function guard_refund() returns trigger language plpgsql security definer
         as $$ begin return null; end $$`,
      "function guard_refund is not as it was made",
    ],
    [
      "a guard with the rights of the writing role",
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
      "a foreign trigger",
      `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
       create trigger swallow before insert on historical_refund for each row execute function swallow()`,
      "trigger historical_refund swallow is not ours",
    ],
    ["a rule", "create rule r as on update to refund do instead nothing", "refund has rules"],
    ["row security", "alter table refund enable row level security", "refund has row security"],
    [
      "a table that inherits",
      "create table heir () inherits (refund)",
      "refund has tables that inherit from it",
    ],
    [
      "the right of every role to add history entries",
      "grant insert on historical_refund to public",
      "everybody may insert historical_refund",
    ],
    [
      "the right of every role to write the role of an entry",
      "grant insert (history_role) on historical_refund to public",
      "everybody may insert historical_refund.history_role",
    ],
    [
      "a child of the keys of accounts",
      "create table heir () inherits (history_subject_key)",
      "history_subject_key has tables that inherit from it",
    ],
    [
      "a parent of a history, through which its rows can be changed",
      "create table parent (history_user_label text); alter table historical_refund inherit parent",
      "historical_refund inherits from another table",
    ],
    [
      "a history whose rows can be changed one by one",
      "alter table historical_refund disable trigger append_only_rows",
      "trigger historical_refund append_only_rows does not always fire",
    ],
    [
      "a parent of a tracked table",
      "create table parent (refund_locked boolean); alter table course_entitlement inherit parent",
      "course_entitlement inherits from another table",
    ],
    [
      "a parent of the keys of accounts",
      "create table parent (key bytea); alter table history_subject_key inherit parent",
      "history_subject_key inherits from another table",
    ],
    [
      "a table that is lost at a crash",
      "alter table historical_refund set unlogged",
      "historical_refund is lost at a crash",
    ],
    [
      "a default that is another one",
      "alter table historical_refund alter column history_role set default 'server'",
      "historical_refund has other columns, constraints or indexes than the migrations made",
    ],
    [
      "an index of something else",
      `drop index historical_refund_txid_idx;
       create index historical_refund_txid_idx on historical_refund (history_txid)`,
      "historical_refund has other columns, constraints or indexes",
    ],
    [
      "a sequence of another name",
      "alter sequence history_id_seq rename to other_seq",
      "history_id_seq is missing",
    ],
    [
      "a guard that looks elsewhere",
      "create schema elsewhere; alter function guard_refund() set search_path = elsewhere, public",
      "function guard_refund does not run as it was made",
    ],
    [
      "a function of PostgreSQL that a superuser has made",
      `create or replace function pg_catalog.to_char(timestamp without time zone, text) returns text language plpgsql stable
         as $$ begin return ''; end $$`,
      "function to_char is not that of PostgreSQL",
    ],
    [
      "foreign keys that are not enforced",
      "alter table refund disable trigger all",
      "refund does not enforce its foreign keys",
    ],
    [
      "a foreign trigger of the keys of accounts",
      `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
       create trigger swallow before insert on history_subject_key for each row execute function swallow()`,
      "trigger history_subject_key swallow is not ours",
    ],
    [
      "checkpoints that are not counted",
      "alter table history_checkpoint disable trigger counted",
      "trigger history_checkpoint counted does not always fire",
    ],
    [
      "an order of history that can be changed",
      "alter table history_transaction disable trigger append_only",
      "trigger history_transaction append_only does not always fire",
    ],
    [
      "a clock of history that can go back",
      "drop trigger forward on history_clock",
      "trigger history_clock forward is missing",
    ],
    [
      "ids of transactions that any session can choose",
      `create or replace function history_txid_offset() returns bigint volatile language sql
         return coalesce(current_setting('history.txid_offset', true), '0')::bigint`,
      "function history_txid_offset is not as it was made",
    ],
    [
      "the right of every role to change the order of history",
      "grant update on history_transaction to public",
      "everybody may update history_transaction",
    ],
    [
      "the right of every role to say that its changes tell a past",
      "grant insert on history_told to public",
      "everybody may insert history_told",
    ],
    [
      "the right of every role to say what was erased",
      "grant insert on history_erased to public",
      "everybody may insert history_erased",
    ],
    [
      "the right of every role to say what was erased, column by column",
      "grant insert (history_id) on history_erased to public",
      "everybody may insert history_erased.history_id",
    ],
    ...["update", "delete"].map((right) => [
      `the right of every role to ${right} keys of accounts, on which all proofs stand`,
      `grant ${right} on history_subject_key to public`,
      `everybody may ${right} history_subject_key`,
    ]),
    [
      "keys of accounts that can be changed",
      "alter table history_subject_key disable trigger append_only",
      "trigger history_subject_key append_only does not always fire",
    ],
    [
      "the right of every role to delete what is sealed",
      "grant delete on history_tile to public",
      "everybody may delete history_tile",
    ],
    ...["insert", "update", "delete"].map((right) => [
      `the right of every role to ${right} salts of what is hidden`,
      `grant ${right} on history_salt to public`,
      `everybody may ${right} history_salt`,
    ]),
    ...["history_retain", "history_forget_keys", "history_erase", "guard_refund"].map((name) => [
      `the right of every role to call ${name}`,
      `grant execute on function ${name} to public`,
      `everybody may execute ${name}`,
    ]),
    [
      "the right of another role to remove texts by age",
      `create role other_of_posture; grant execute on function history_retain to other_of_posture`,
      "other_of_posture may execute history_retain",
    ],
    [
      "the right of every role to create what the functions of history find, as before PostgreSQL 15",
      "grant create on schema public to public",
      "everybody may create anything in the schema public",
    ],
    [
      "a member of the role that owns the tables",
      `create role owner_of_posture; create role member_of_posture in role owner_of_posture;
       alter table course_entitlement owner to owner_of_posture`,
      "member_of_posture is a member of owner_of_posture, which owns the tables",
    ],
    [
      "another owner of the schema, who may drop what guards history",
      "create role holder_of_posture; alter schema public owner to holder_of_posture",
      "holder_of_posture owns the schema public, and so may drop what is in it",
    ],
    [
      "another owner of the database",
      `create role holder_of_posture;
       do $$ begin execute format('alter database %I owner to holder_of_posture', current_database()); end $$`,
      "holder_of_posture owns the database ",
    ],
    [
      "a member of another owner of the schema",
      `create role holder_of_posture; create role member_of_posture in role holder_of_posture;
       alter schema public owner to holder_of_posture`,
      "member_of_posture is a member of holder_of_posture, which owns the schema public, and so may drop what is in it",
    ],
    ...["pg_write_all_data", "pg_write_server_files", "pg_execute_server_program"].map((all) => [
      `a member of ${all}, which no table lists`,
      `create role writer_of_posture in role ${all}`,
      `writer_of_posture is a member of ${all}, which may write everything`,
    ]),
    [
      "a sequence that gives a connection ids in advance",
      "alter sequence history_id_seq cache 50",
      "history_id_seq gives 50 ids to a connection at once",
    ],
    [
      "a sequence that ends",
      "alter sequence history_id_seq maxvalue 4711",
      "history_id_seq has other columns, constraints or indexes than the migrations made",
    ],
    [
      "the right of every role to give checkpoints up",
      "grant insert on history_given_up to public",
      "everybody may insert history_given_up",
    ],
    [
      "the right of every role to delete the clock of history",
      "grant delete on history_clock to public",
      "everybody may delete history_clock",
    ],
    [
      "the right of every role to set the order of entries",
      "grant update on history_id_seq to public",
      "may update history_id_seq",
    ],
  ])("%s", (_, sql, fault) =>
    briefly(async (tx) => {
      await tx.query(sql);
      expect((await postureFaults(tx)).join("\n")).toContain(fault);
    }),
  );

  test("the check reports a sequence that would put new entries before old ones, as after the promotion of a replica", async () => {
    for (let times = 0; times < 3; times++) await grant(db);
    await db.query("select setval('history_id_seq', 1, false)");
    expect(await postureFaults(db.manager)).toEqual([
      expect.stringMatching(
        /^history_id_seq goes on with 1, but history has entries up to 3: .*history:adopt/,
      ),
    ]);
    await db.query("select setval('history_id_seq', 3)");
    expect(await postureFaults(db.manager)).toEqual([]);
  });
});

test("who serves may erase, the owner may create, and who has made the role of the owner is no member with use", () =>
  briefly(async (tx) => {
    await tx.query(
      `create role maker_of_posture createrole; create role serving_of_posture;
       set local role maker_of_posture; create role owner_of_posture; reset role;
       grant execute on function history_erase to serving_of_posture;
       alter table course_entitlement owner to owner_of_posture; grant create on schema public to owner_of_posture`,
    );
    const faults = await postureFaults(tx);
    expect(faults.filter((fault) => /execute|create|member|_of_posture (may|is)/.test(fault))).toEqual([]);
  }));

test("what is added to the ids of transactions may differ from one database to another", () =>
  briefly(async (tx) => {
    await tx.query(
      "create or replace function history_txid_offset() returns bigint immutable parallel safe language sql return 4711::bigint",
    );
    expect(await postureFaults(tx)).toEqual([]);
  }));

test("guard_history() restores the triggers and functions that have been changed", () =>
  briefly(async (tx) => {
    await tx.query("alter table refund disable trigger all; drop trigger refuse_truncate on refund");
    await tx.query("alter table refund enable trigger all; select guard_history('refund')");
    expect(await postureFaults(tx)).toEqual([]);
  }));

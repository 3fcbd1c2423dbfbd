import { newSigner } from "../../proof/signers";
import type { Attack } from "./attacks";
import { ENTITLEMENT, type Copy } from "./stage";

const sql = (name: string, text: string): Attack => ({ name, run: (copy) => copy.sql(text) });
const unguarded = (name: string, text: string): Attack => ({ name, run: (copy) => copy.unguarded(text) });
const OF = `where id = '${ENTITLEMENT}'`;
const THIRD = "(select first_position from history_transaction order by first_position offset 2 limit 1)";

/** Signs another checkpoint into the database. */
const insertNote = async (copy: Copy, name: string, size: string, signer = newSigner(name)) => {
  const [{ at }] = await copy.db.query<[{ at: number }]>(`select (${size})::float8 as at`);
  await copy.sql(
    `insert into history_checkpoint (size, at, note) select ${at}, max(at), $note$${copy.note(signer, at)}$note$ from history_checkpoint`,
  );
};

/** Further attacks on entries, their order and their seals. */
const ON_DATA: readonly Attack[] = [
  unguarded(
    "two entries are exchanged",
    `with two as (select min(history_id) as one, max(history_id) as other from historical_course_entitlement ${OF}),
       moved as (update historical_course_entitlement set history_id = -one from two where history_id = one returning other, one)
     update historical_course_entitlement set history_id = one from moved where history_id = other;
     update historical_course_entitlement set history_id = (select max(history_id) + 1 from historical_course_entitlement ${OF}) where history_id < 0`,
  ),
  unguarded(
    "a date is changed by a millisecond",
    `update historical_course_entitlement set history_date = history_date - interval '1 ms'
     where history_id = (select min(history_id) from historical_course_entitlement ${OF})`,
  ),
  unguarded(
    "a row is exchanged for the one of another entity",
    `update historical_course_entitlement set id = gen_random_uuid() where history_id = (select min(history_id) from historical_course_entitlement)`,
  ),
  unguarded(
    "a transaction counts from another instant",
    `update history_transaction set at = at + interval '1 ms' where first_position = ${THIRD}`,
  ),
  unguarded(
    "two transactions change places",
    `update history_transaction x set first_position = -1 - y.first_position from history_transaction y
     where y.first_position = ${THIRD} and x.txid = y.txid`,
  ),
  unguarded(
    "a transaction has fewer entries",
    `update history_transaction set entries = entries - 1 where entries > 1 and first_position > ${THIRD}`,
  ),
  unguarded(
    "a change is said to be told by another system",
    `insert into history_told select txid from history_transaction where first_date < at and txid not in (select txid from history_told)`,
  ),
  unguarded("what was told by another system is not said any more", "delete from history_told"),
  unguarded(
    "the clock is settled until next year",
    "update history_clock set settled_until = settled_until + interval '1 year'",
  ),
  unguarded("the horizon is put into the future", "update history_clock set horizon = horizon + 1000000"),
  unguarded("the clock is forgotten", "delete from history_clock"),
  unguarded(
    "the key of an account is changed",
    "update history_subject_key set key = sha256(key) where user_id = 2",
  ),
  unguarded("the key of an account is deleted", "delete from history_subject_key where user_id = 2"),
  unguarded(
    "the newest checkpoint is deleted",
    "delete from history_checkpoint where size = (select max(size) from history_checkpoint)",
  ),
  unguarded(
    "a checkpoint has another instant",
    "update history_checkpoint set at = at - interval '1 h' where size = (select min(size) from history_checkpoint)",
  ),
  unguarded(
    "a checkpoint has a second signature",
    "update history_checkpoint set note = note || '— stranger AAAA' || chr(10)",
  ),
  unguarded("a cosignature is deleted", "delete from history_cosignature"),
  unguarded("a cosignature is forged", "update history_cosignature set line = replace(line, ' ', ' A')"),
  {
    name: "the checkpoint of another history is added",
    run: (copy) => insertNote(copy, "other.example", "select max(size) + 1 from history_checkpoint"),
  },
  {
    name: "a checkpoint is added in the middle with the stolen key",
    run: (copy) =>
      insertNote(
        copy,
        "",
        "select size - 1 from history_checkpoint order by size limit 1",
        copy.stage.signer,
      ),
  },
  {
    name: "the newest part is cut off, and the rest sealed with a new key",
    run: async (copy) => {
      await copy.unguarded(
        `delete from history_cosignature; delete from history_checkpoint; delete from history_tile;
         delete from historical_course_entitlement h using history_transaction x where x.txid = h.history_txid and x.first_position > ${THIRD} + 600;
         delete from history_transaction where first_position > ${THIRD} + 600`,
      );
      await copy.sealWith(newSigner("history.example"));
    },
  },
  unguarded(
    "a tile is cut short",
    "update history_tile set hashes = substr(hashes, 1, 64) where level = 0 and index = 0",
  ),
  unguarded("a tile is longer than the history", "insert into history_tile values (0, 100000, sha256('x'))"),
  sql("all tiles are deleted", "delete from history_tile"),
];

/** Further attacks on what guards the history. */
const ON_GUARDS: readonly Attack[] = [
  sql("the sequence has another name", "alter sequence history_id_seq rename to other_seq"),
  sql(
    "the sequence is another one",
    "alter sequence history_id_seq rename to other_seq; create sequence history_id_seq start 1000000",
  ),
  sql(
    "the sequence counts down",
    "alter sequence history_id_seq increment by -1 minvalue 1 maxvalue 100000000",
  ),
  sql("the sequence is set back", "select setval('history_id_seq', 1)"),
  sql("triggers of the new tables are off", "alter table history_checkpoint disable trigger append_only"),
  sql(
    "a trigger is not fired any more, in the catalog",
    "update pg_class set relhastriggers = false where relname = 'refund'",
  ),
  sql(
    "foreign keys are not enforced",
    "alter table refund disable trigger all; alter table refund enable always trigger guard, enable always trigger refuse_truncate, enable trigger refund_final",
  ),
  sql(
    "a trigger swallows tiles",
    `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
     create trigger swallow before insert on history_subject_key for each row execute function swallow()`,
  ),
  sql("a trigger has another name", "alter trigger guard on refund rename to guards"),
  sql(
    "an index is of something else",
    `drop index historical_course_entitlement_begun_idx;
     create index historical_course_entitlement_begun_idx on historical_course_entitlement (created_at, id) where history_type = '-'`,
  ),
  sql("an index is dropped", "drop index historical_refund_txid_idx"),
  sql("a primary key is dropped", "alter table historical_refund drop constraint historical_refund_pkey"),
  sql(
    "a rule stands in front of a table",
    "create rule quiet as on insert to history_tile do instead nothing",
  ),
  sql(
    "a view stands in front of a table",
    "alter table historical_refund rename to hidden_refund; create view historical_refund as select * from hidden_refund",
  ),
  sql(
    "row security hides rows",
    "alter table historical_refund enable row level security; alter table historical_refund force row level security",
  ),
  sql("a table has a child", "create table heir () inherits (course_entitlement)"),
  sql(
    "a history has a parent",
    "create table parent (history_user_label text); alter table historical_course_entitlement inherit parent",
  ),
  sql(
    "a tracked table has a parent",
    "create table parent (refund_locked boolean); alter table course_entitlement inherit parent",
  ),
  sql("the keys of accounts have a child", "create table heir () inherits (history_subject_key)"),
  sql(
    "a default is another one",
    "alter table historical_refund alter column history_role set default 'server'",
  ),
  sql(
    "a date has no default any more",
    "alter table historical_refund alter column history_txid drop default",
  ),
  sql("a column has another type", "alter table historical_refund alter column detail type varchar(4000)"),
  sql("a column is added to a tracked table", "alter table course_entitlement add column secret text"),
  sql(
    "a column is made by an expression",
    "alter table course_entitlement add column secret text generated always as (mode) stored",
  ),
  sql("a check is dropped", "alter table historical_refund drop constraint historical_refund_type_check"),
  sql("a table is lost at the next crash", "alter table historical_refund set unlogged"),
  sql(
    "a table belongs to another role",
    "create role stranger; alter table historical_refund owner to stranger",
  ),
  sql(
    "the guard looks elsewhere",
    "create schema elsewhere; alter function guard_refund() set search_path = elsewhere, public",
  ),
  sql("the guard does nothing for a null", "alter function guard_refund() strict"),
  sql(
    "the clock of the database is another one",
    "create or replace function history_now() returns timestamptz volatile language sql return date_trunc('milliseconds', clock_timestamp() - interval '1 day')",
  ),
  sql("everybody may delete keys of accounts", "grant delete on history_subject_key to public"),
  sql("everybody may change tiles", "grant update, delete, truncate on history_tile to public"),
  sql(
    "dates are written by another function",
    `create or replace function pg_catalog.to_char(timestamp without time zone, text) returns text language plpgsql stable
       as $$ begin return '2026-01-01T00:00:00.000Z'; end $$`,
  ),
];

/** Attacks of the same kinds as those of the list. */
export const FURTHER: readonly Attack[] = [...ON_DATA, ...ON_GUARDS];

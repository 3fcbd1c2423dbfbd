import { ENTITLEMENT, OTHER, type Copy } from "./stage";

/** A way to change the past, or to let the future bypass history. */
export interface Attack {
  name: string;
  /** The database that it begins with; the newest unless it is a restored older one. */
  of?: "older";
  /** Does it, as a superuser who has no other key and no other machine unless the attack is about one. */
  run(copy: Copy): Promise<unknown>;
}

const sql = (name: string, text: string): Attack => ({ name, run: (copy) => copy.sql(text) });
const unguarded = (name: string, text: string): Attack => ({ name, run: (copy) => copy.unguarded(text) });

/** The second version of an entitlement, and its newest. */
const SECOND = `(select history_id from historical_course_entitlement where id = '${ENTITLEMENT}' order by 1 offset 1 limit 1)`;
const NEWEST = `(select max(history_id) from historical_course_entitlement where id = '${ENTITLEMENT}')`;
/** The live row becomes what its newest entry says. */
const LIVE_AS_NEWEST = `update course_entitlement e set refund_locked = h.refund_locked, mode = h.mode, modified_at = h.modified_at
  from historical_course_entitlement h where h.history_id = ${NEWEST} and e.id = h.id`;

/** Copies an entry under a new id, with other values for some columns. */
const forged = (of: string, given: Record<string, string>) => {
  const values = Object.entries(given).map(([column, value]) => `'${column}', ${value}`);
  return `insert into historical_course_entitlement
    select (jsonb_populate_record(h, jsonb_build_object(${values.join(", ")}))).*
    from historical_course_entitlement h where h.history_id = ${of}`;
};
const EDITED = `update historical_course_entitlement set mode = 'audit' where history_id = ${SECOND}`;

/** The attacks that `history:prove` must see, beside two checkpoints that were kept elsewhere. */
export const ATTACKS: readonly Attack[] = [
  unguarded("an old version is edited, the trigger off", EDITED),
  {
    name: "the same by session_replication_role",
    run: (copy) =>
      copy.sql(`set session_replication_role = replica; alter table historical_course_entitlement enable trigger append_only, enable trigger append_only_rows;
        ${EDITED}; alter table historical_course_entitlement enable always trigger append_only, enable always trigger append_only_rows`),
  },
  unguarded(
    "the newest version and its row are edited together",
    `update historical_course_entitlement set mode = 'audit' where history_id = ${NEWEST};
     update course_entitlement set mode = 'audit' where id = '${ENTITLEMENT}'`,
  ),
  unguarded(
    "a version in the middle is deleted",
    `delete from historical_course_entitlement where history_id = ${SECOND}`,
  ),
  unguarded(
    "an entity and its whole past are deleted",
    `delete from course_entitlement_support_detail where entitlement_id = '${ENTITLEMENT}';
     delete from historical_course_entitlement_support_detail where entitlement_id = '${ENTITLEMENT}';
     delete from course_entitlement where id = '${ENTITLEMENT}';
     delete from historical_course_entitlement where id = '${ENTITLEMENT}'`,
  ),
  unguarded(
    "the newest version is cut off, and its row put back",
    `delete from historical_course_entitlement where history_id = ${NEWEST}; ${LIVE_AS_NEWEST}`,
  ),
  unguarded(
    "an entry is forged into an old transaction",
    forged(SECOND, {
      history_id: "nextval('history_id_seq')",
      mode: "'audit'",
      id: "gen_random_uuid()",
      history_type: "'-'",
    }),
  ),
  unguarded(
    "an entry with an old date is forged in a new transaction",
    forged(SECOND, {
      history_id: "nextval('history_id_seq')",
      history_txid: "history_txid()",
      history_date: "history_now() - interval '1 h'",
      id: "gen_random_uuid()",
      history_type: "'-'",
    }),
  ),
  unguarded(
    "a version is dated otherwise",
    `update historical_course_entitlement set history_date = history_date - interval '1 h' where history_id = ${SECOND}`,
  ),
  unguarded(
    "another one has made a change",
    `update historical_course_entitlement set history_user_id = 3, history_user_label = 'hopper' where history_id = ${SECOND}`,
  ),
  unguarded(
    "a change came in another way",
    `update historical_course_entitlement set history_source = 'JOB' where history_id = ${SECOND}`,
  ),
  unguarded(
    "a change had another reason",
    `update historical_course_entitlement set history_change_reason = 'sweep' where history_id = ${SECOND}`,
  ),
  unguarded(
    "a comment of support is changed in both tables",
    `update course_entitlement_support_detail set comments = 'nothing' where entitlement_id = '${ENTITLEMENT}';
     update historical_course_entitlement_support_detail set comments = 'nothing' where entitlement_id = '${ENTITLEMENT}'`,
  ),
  {
    name: "an edit, and everything sealed again with the stolen key",
    run: async (copy) => {
      await copy.unguarded(EDITED);
      await copy.sealAgain();
    },
  },
  { name: "the whole database is restored from an older copy", of: "older", run: () => Promise.resolve() },
  unguarded(
    "a checkpoint is deleted",
    "delete from history_checkpoint where size = (select size from history_checkpoint order by size offset 1 limit 1)",
  ),
  sql(
    "a tile is changed",
    "update history_tile set hashes = overlay(hashes placing '\\x00112233' from 33) where level = 0 and index = 0",
  ),
  unguarded(
    "the guard is off while a row is changed",
    `update course_entitlement set mode = 'audit' where id = '${ENTITLEMENT}'`,
  ),
  sql("the guard is left off", "alter table refund disable trigger guard"),
  sql(
    "the function of the guard does nothing",
    `create or replace function guard_course_entitlement() returns trigger language plpgsql
       security definer set search_path = public, pg_temp as $$ begin return null; end $$`,
  ),
];

/** What nobody can see in the tables: all of it needs the rights of the owner, and docs/history.md says so. */
export const UNSEEN: readonly Attack[] = [
  {
    name: "the guard off, a row changed and changed back, the guard on",
    run: async (copy) => {
      await copy.unguarded(
        `update course_entitlement set mode = 'audit' || mode where id = '${ENTITLEMENT}'`,
      );
      await copy.unguarded(
        `update course_entitlement set mode = substr(mode, 6) where id = '${ENTITLEMENT}'`,
      );
    },
  },
  unguarded(
    "an entry forged just before it is sealed",
    `update course_entitlement set mode = 'audit' where id = '${ENTITLEMENT}';
     ${forged(NEWEST, { history_id: "nextval('history_id_seq')", history_txid: "history_txid()", history_date: "history_now()", mode: "'audit'", history_user_label: "'hopper'", history_user_id: "3" })}`,
  ),
  {
    name: "a row changed with the guard off, and changed again by a command, which history then takes for both",
    run: async (copy) => {
      await copy.unguarded(`update course_entitlement set mode = 'audit' where id = '${OTHER}'`);
      await copy.goOn();
    },
  },
];

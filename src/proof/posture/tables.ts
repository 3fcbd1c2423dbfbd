import { createHash } from "node:crypto";
import type { Database } from "../../store/statement";

/**
 * What tables are made of, as hashes: their columns, constraints and indexes. A migration that changes one changes its hash
 * here; `npm test` tells the new one.
 */
const SHAPES: Record<string, string> = {
  course_entitlement: "e7803e6de8b2bf0e",
  course_entitlement_support_detail: "958ae1b2c0c52767",
  course_entitlement_policy: "8ba96ecdae29bd48",
  course_enrollment: "e3200aa3a05d7b49",
  certificate: "cb9d7578f04470a2",
  course_run: "24f3ee3ecedd5090",
  refund: "1f5a6ee31b1ef59b",
  support_agent: "864dc074978ff016",
  webhook: "9594f371e4c0dd9d",
  history_erasure: "46e00bfa47aaa282",
  historical_course_entitlement: "16806d9449228f01",
  historical_course_entitlement_support_detail: "070a6ce2afe420e0",
  historical_course_entitlement_policy: "e9c8d3204dfd4066",
  historical_course_enrollment: "988ccc1600a7b50f",
  historical_certificate: "16f6762aa21e43e9",
  historical_course_run: "bfe09f7ea2fd34d9",
  historical_refund: "58a1e9b95f6cf3dc",
  historical_support_agent: "48bb55feefba87c4",
  historical_webhook: "5df7664b570a86e4",
  historical_history_erasure: "bdc5a052a2f2085f",
  history_transaction: "b09982c0b6a25e16",
  history_told: "c6a3f19c3406a2b2",
  history_checkpoint: "1ec2d27fec3c0757",
  history_given_up: "45a62c122ea7fdbd",
  history_cosignature: "3d6e0a97917537d2",
  history_erased: "7e2090ed5c5b817c",
  history_clock: "c6145e110089a169",
  history_tile: "ecef545dc2db29fc",
  history_subject_key: "caa098e3330add10",
  history_salt: "78d2fe40c07a9f7d",
  history_id_seq: "2d5bf32bdbbf2d3d",
};

/** PostgreSQL writes them in other places when a table was restored from a dump. */
const CASTS = /::(?:character varying|text)(?:\[\])?/g;

/** The columns, constraints and indexes of tables, and how a sequence counts: a line for each. */
const LINES = `
  with wanted as (
    select c.oid, relname, relkind from pg_class c
    where c.oid = any(select to_regclass(quote_ident(name)) from unnest($1::text[]) name)
  )
  select relname as name, line from (
    select relname, concat_ws(' ', 'column', attname, format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
      pg_get_expr(adbin, adrelid, true), attgenerated, attidentity,
      case when attcollation <> typcollation then (select collname from pg_collation where oid = attcollation) end) as line
    from wanted join pg_attribute on attrelid = oid join pg_type on pg_type.oid = atttypid
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relkind in ('r', 'p') and attnum > 0 and not attisdropped
    union all
    select relname, concat_ws(' ', 'constraint', conname, pg_get_constraintdef(pg_constraint.oid, true), convalidated)
    from wanted join pg_constraint on conrelid = wanted.oid where contype in ('c', 'f', 'p', 'u', 'x')
    union all
    select relname, concat_ws(' ', pg_get_indexdef(indexrelid, 0, true), indisvalid, indisready)
    from wanted join pg_index on indrelid = oid
    union all
    select relname, concat_ws(' ', 'sequence', seqtypid::regtype, seqincrement, seqmin, seqmax, seqcycle, seqcache)
    from wanted join pg_sequence on seqrelid = oid
  ) lines order by relname, line collate "C"`;

const UNPLAIN = `
  select format('%s %s', wanted, fault) as fault
  from unnest($1::text[]) wanted
  left join pg_class c on c.oid = to_regclass(quote_ident(wanted))
  cross join lateral (select case
    when c.oid is null then 'is missing'
    when relkind <> case wanted when 'history_id_seq' then 'S' else 'r' end then 'is not a plain table'
    when relpersistence <> 'p' then 'is lost at a crash'
    when relrowsecurity then 'has row security'
    when relhasrules then 'has rules'
    when exists (select from pg_inherits where inhparent = c.oid) then 'has tables that inherit from it'
    when exists (select from pg_inherits where inhrelid = c.oid) then 'inherits from another table'
    when not relhastriggers and exists (select from pg_trigger where tgrelid = c.oid) then 'fires none of its triggers'
    when exists (select from pg_trigger where tgrelid = c.oid and tgisinternal and tgenabled = 'D') then 'does not enforce its foreign keys'
    when relowner <> (select relowner from pg_class where oid = to_regclass($2)) then 'belongs to another role than the other tables'
    end as fault) found
  where fault is not null`;

/**
 * What is wrong with tables, and with the sequence of history: those that are not plain tables, or are not made as the
 * migrations made them.
 */
export async function tableFaults(db: Database, tables: readonly string[], first: string): Promise<string[]> {
  const unplain = await db.query<{ fault: string }[]>(UNPLAIN, [tables, first]);
  const rows = await db.query<{ name: string; line: string }[]>(LINES, [tables]);
  const changed = tables.flatMap((table) => {
    const lines = rows.filter(({ name }) => name === table).map(({ line }) => line.replaceAll(CASTS, ""));
    const hash = createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
    return lines.length === 0 || hash === SHAPES[table]
      ? []
      : [`${table} has other columns, constraints or indexes than the migrations made (${hash})`];
  });
  return [...unplain.map(({ fault }) => fault), ...changed];
}

import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

/** By the transaction of an entry its place among all entries is found, and what was not settled yet. */
const CREATE_HISTORY: Replacement[] = [
  [
    "create index %1$s_request_id_idx",
    "create index %1$s_txid_idx on %1$s (history_txid, history_id);\n      create index %1$s_request_id_idx",
  ],
  ["pg_current_xact_id()::text::bigint", "history_txid()"],
];
const REFUSE_HISTORY: Replacement[] = [
  ["when tg_table_name like 'historical\\_%' then", "when tg_table_name ~ '^histor(ical|y)_' then"],
];

/** Does something with each history table, `%1$I`. */
const eachHistory = (ddl: string) => `
  do $$
  declare history text;
  begin
    for history in select table_name from information_schema.tables
      where table_schema = current_schema() and table_name like 'historical\\_%' order by table_name
    loop
      execute format('${ddl}', history, history || '_txid_idx');
    end loop;
  end $$;`;

/**
 * In a restored database transactions have greater numbers than this cluster has reached. Whatever migrations and others write
 * must not take those numbers a second time; nobody has seen an order of history yet that would have to be adopted.
 */
const GO_ON = `
  do $$
  declare history text; newest bigint := 0; found bigint; added bigint;
  begin
    for history in select table_name from information_schema.tables
      where table_schema = current_schema() and table_name like 'historical\\_%'
    loop
      execute format('select max(history_txid) from %I', history) into found;
      newest := greatest(newest, found);
    end loop;
    added := newest - pg_current_xact_id()::text::bigint;
    if added > 0 then
      execute format('create or replace function history_txid_offset() returns bigint immutable parallel safe language sql
        return %s::bigint', added + 1);
    end if;
  end $$;`;

/**
 * The order in which changes were committed. Its tables are written by the committer alone, never by who changes something.
 *
 * - \`history_transaction\`: the committed transactions in their order, each with the instant from which its changes count.
 * - \`history_told\`: the transactions that tell a past, which another system has recorded. Their entries count from the
 *   dates that they name.
 * - \`history_clock\`: one row, up to where the order is settled.
 *
 * What is added to the id of a transaction is part of a function, not a setting, which any session could give another
 * value: its changes would then count as older than what is settled.
 */
export class SettleHistory1795334400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function history_txid_offset() returns bigint immutable parallel safe language sql return 0::bigint;
      create or replace function history_txid() returns bigint volatile language sql
        return pg_current_xact_id()::text::bigint + history_txid_offset();
    `);
    await db.query(GO_ON);
    await redefine(db, "create_history", CREATE_HISTORY);
    await redefine(db, "history_refuse", REFUSE_HISTORY);
    await db.query(eachHistory("create index %2$I on %1$I (history_txid, history_id)"));
    await db.query(`
      create index historical_course_entitlement_deleted_idx on historical_course_entitlement (created_at, id)
        where history_type = '-';

      create table history_transaction (
        txid bigint constraint history_transaction_pkey primary key,
        first_position bigint not null constraint history_transaction_first_position_key unique,
        at timestamptz(3) not null,
        first_date timestamptz(3) not null,
        entries integer not null constraint history_transaction_entries_check check (entries > 0),
        constraint history_transaction_first_date_check check (first_date <= at)
      );
      create index history_transaction_at_idx on history_transaction (at);
      -- Of the few that took long. Others are found by the second that follows an instant, which costs less to keep.
      create index history_transaction_long_idx on history_transaction using gist (tstzrange(first_date, at))
        where at - first_date > interval '1 second';
      select bound_instants('history_transaction');

      create table history_told (
        txid bigint default history_txid() constraint history_told_pkey primary key
      );

      create table history_clock (
        is_only boolean default true constraint history_clock_pkey primary key
          constraint history_clock_is_only_check check (is_only),
        settled_until timestamptz(3) not null,
        horizon bigint not null,
        seen pg_snapshot,
        incarnation text not null
      );
      select bound_instants('history_clock');

      create function history_clock_forward() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE' and new.settled_until >= old.settled_until then return new; end if;
        raise exception 'What is settled stays settled: the clock of history goes forward only'
          using errcode = 'object_not_in_prerequisite_state';
      end $$;

      -- Makes them anew, like guard_history() those of other tables.
      create function guard_history_order() returns void language plpgsql as $$
      declare added text;
      begin
        foreach added in array array['history_transaction', 'history_told'] loop
          execute format('drop trigger if exists append_only on %1$I;
            create trigger append_only before update or delete or truncate on %1$I
              for each statement execute function history_refuse();
            alter table %1$I enable always trigger append_only', added);
        end loop;
        drop trigger if exists forward on history_clock;
        create trigger forward before update or delete on history_clock
          for each row execute function history_clock_forward();
        alter table history_clock enable always trigger forward;
      end $$;
      select guard_history_order();

      insert into history_told
        select distinct history_txid from historical_course_entitlement where history_source = 'IMPORT'
        union select history_txid from historical_course_entitlement_support_detail where history_source = 'IMPORT'
        union select history_txid from historical_course_entitlement_policy where history_source = 'IMPORT'
        union select history_txid from historical_course_entitlement where history_request_id like 'demo-%';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table history_transaction, history_told, history_clock;
      drop function history_clock_forward, guard_history_order;
      drop index historical_course_entitlement_deleted_idx;
    `);
    await db.query(eachHistory("drop index %2$I"));
    await redefine(db, "history_refuse", REFUSE_HISTORY.map(reversed));
    await redefine(db, "create_history", CREATE_HISTORY.map(reversed));
    await db.query(`
      create or replace function history_txid() returns bigint volatile language sql
        return pg_current_xact_id()::text::bigint;
      drop function history_txid_offset;
    `);
  }
}

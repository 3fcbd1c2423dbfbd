import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

/**
 * When another system was last asked is no fact about a row: history would grow with each look. And a transaction has few
 * entries: a history that begins with a million rows of one would let PostgreSQL read all of it for each other transaction.
 */
const CREATE_HISTORY: Replacement[] = [
  [
    "alter table %1$s alter column id drop default;",
    `alter table %1$s alter column id drop default;
      alter table %1$s drop column if exists seen_at;
      alter table %1$s alter column history_txid set (n_distinct = -0.5);`,
  ],
  ["insert into %s select l.*, nextval(", "insert into %s select %s, nextval("],
  [
    "$sql$, history, live);",
    `$sql$, history, (select string_agg(format('l.%I', attname), ', ' order by attnum) from pg_attribute
      where attrelid = live and attnum > 0 and not attisdropped and attname <> 'seen_at'), live);`,
  ],
];
const GUARD_HISTORY: Replacement[] = [
  [
    "where attrelid = live and attnum > 0 and not attisdropped);",
    "where attrelid = live and attnum > 0 and not attisdropped and attname <> 'seen_at');",
  ],
];

/** Says something to the planner of the column of each history that names the transaction. */
const eachHistory = (option: string) => `
  do $$
  declare history text;
  begin
    for history in select table_name from information_schema.tables
      where table_schema = current_schema() and table_name like 'historical\\_%' order by table_name
    loop
      execute format('alter table %I alter column history_txid ${option}', history);
    end loop;
  end $$;`;

/**
 * Decisions about an entitlement depend on its enrollment, on the certificate and on the dates of the run. They get a history,
 * which begins with the rows that there are, so that what was decided at an instant can be told later.
 */
export class TrackWhatDecides1795345800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await redefine(db, "create_history", CREATE_HISTORY);
    await redefine(db, "guard_history", GUARD_HISTORY);
    await db.query(eachHistory("set (n_distinct = -0.5)"));
    await db.query(`
      alter table certificate add column id uuid not null default gen_random_uuid()
        constraint certificate_id_key unique;
      alter table course_run add column id uuid not null default gen_random_uuid()
        constraint course_run_id_key unique;
      select track_history(live) from unnest(array['course_enrollment', 'certificate', 'course_run']::regclass[]) live;
      create index historical_course_enrollment_of_user_idx on historical_course_enrollment (user_id);
      create index historical_certificate_of_run_idx on historical_certificate (user_id, course_run_key);
      create index historical_course_run_key_idx on historical_course_run (key);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table historical_course_enrollment, historical_certificate, historical_course_run;
      drop function guard_course_enrollment, guard_certificate, guard_course_run cascade;
      drop trigger refuse_truncate on course_enrollment;
      drop trigger refuse_truncate on certificate;
      drop trigger refuse_truncate on course_run;
      alter table certificate drop column id;
      alter table course_run drop column id;
    `);
    await db.query(eachHistory("reset (n_distinct)"));
    await redefine(db, "guard_history", GUARD_HISTORY.map(reversed));
    await redefine(db, "create_history", CREATE_HISTORY.map(reversed));
  }
}

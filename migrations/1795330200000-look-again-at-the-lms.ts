import type { MigrationInterface, QueryRunner } from "typeorm";

/** Events of the LMS are hints: what they concern is queued, to be read from the LMS again. */
export class LookAgainAtTheLms1795330200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table reconcile_due (
        user_id bigint not null,
        run_key varchar(255) not null,
        reason varchar(16) not null constraint reconcile_due_reason_check
          check (reason in ('ENROLLMENT', 'CERTIFICATE', 'ACCOUNT', 'RUN')),
        hints integer not null,
        attempt integer not null constraint reconcile_due_attempt_check check (attempt >= 0),
        noted_at timestamptz(3) not null,
        due_at timestamptz(3) not null,
        constraint reconcile_due_pkey primary key (user_id, run_key, reason)
      );
      create index reconcile_due_due_at_idx on reconcile_due (due_at);
      select bound_instants('reconcile_due');

      create table seen_event (
        id varchar(255) not null constraint seen_event_pkey primary key,
        seen_at timestamptz(3) not null
      );
      create index seen_event_seen_at_idx on seen_event (seen_at);
      select bound_instants('seen_event');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop table reconcile_due; drop table seen_event");
  }
}

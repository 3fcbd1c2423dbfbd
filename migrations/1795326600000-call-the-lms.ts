import type { MigrationInterface, QueryRunner } from "typeorm";

/** The LMS can hold the enrollments: what it is asked to do is stored, and an entitlement can wait for its answer. */
export class CallTheLms1795326600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table course_entitlement add column pending_enrollment_id uuid
        constraint course_entitlement_pending_enrollment_id_fkey
        references course_enrollment on delete set null;
      create index course_entitlement_pending_enrollment_id_idx on course_entitlement (pending_enrollment_id)
        where pending_enrollment_id is not null;
      alter table historical_course_entitlement add column pending_enrollment_id uuid;
      select guard_history('course_entitlement');

      create table enrollment_call (
        id uuid not null constraint enrollment_call_pkey primary key
          constraint enrollment_call_id_fkey references course_enrollment on delete cascade,
        mode varchar(100),
        changeable_modes text[] not null,
        may_enroll boolean not null,
        entitlement_id uuid constraint enrollment_call_entitlement_id_fkey
          references course_entitlement on delete cascade,
        state varchar(16) not null constraint enrollment_call_state_check
          check (state in ('REQUESTED', 'IN_DOUBT', 'DONE', 'REFUSED', 'NEEDS_REVIEW')),
        attempt integer not null constraint enrollment_call_attempt_check check (attempt >= 0),
        next_attempt_at timestamptz(3),
        unsent_to integer not null,
        quiet_at timestamptz(3),
        detail varchar(200),
        created_at timestamptz(3) not null,
        modified_at timestamptz(3) not null,
        constraint enrollment_call_next_attempt_at_check
          check ((next_attempt_at is not null) = (state in ('REQUESTED', 'IN_DOUBT')))
      );
      create unique index enrollment_call_entitlement_id_key on enrollment_call (entitlement_id)
        where entitlement_id is not null and state in ('REQUESTED', 'IN_DOUBT', 'NEEDS_REVIEW');
      create index enrollment_call_next_attempt_at_idx on enrollment_call (next_attempt_at)
        where next_attempt_at is not null;
      create index enrollment_call_review_idx on enrollment_call (created_at, id) where state = 'NEEDS_REVIEW';
      select bound_instants('enrollment_call');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table enrollment_call;
      alter table course_entitlement drop column pending_enrollment_id;
      alter table historical_course_entitlement drop column pending_enrollment_id;
      select guard_history('course_entitlement');
    `);
  }
}

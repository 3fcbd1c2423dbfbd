import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Support lists what the LMS was asked to do, and has it asked again. Every call names its entitlement, also one that ends
 * an enrollment; whether the entitlement waits for it is told by the entitlement.
 */
export class RetryCallsOfTheLms1795333800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table enrollment_call add column retried_at timestamptz(3);
      select bound_instants('enrollment_call');
      drop index enrollment_call_entitlement_id_key;
      drop index enrollment_call_review_idx;
      create index enrollment_call_entitlement_id_idx on enrollment_call (entitlement_id, created_at, id);
      create index enrollment_call_created_at_idx on enrollment_call (created_at, id);
      create index enrollment_call_state_idx on enrollment_call (state, created_at, id);
      update enrollment_call c set entitlement_id = e.id
      from (
        select distinct on (seat) seat, h.id
        from historical_course_entitlement h
        join course_entitlement using (id)
        cross join unnest(array[h.enrollment_id, h.pending_enrollment_id]) seat
        where seat is not null
        order by seat, h.history_id desc
      ) e
      where e.seat = c.id and c.entitlement_id is null;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table enrollment_call drop column retried_at;
      select bound_instants('enrollment_call');
      update enrollment_call set entitlement_id = null
      where entitlement_id is not null
        and not exists (select from course_entitlement e where e.pending_enrollment_id = enrollment_call.id);
      drop index enrollment_call_entitlement_id_idx;
      drop index enrollment_call_created_at_idx;
      drop index enrollment_call_state_idx;
      create unique index enrollment_call_entitlement_id_key on enrollment_call (entitlement_id)
        where entitlement_id is not null and state in ('REQUESTED', 'IN_DOUBT', 'NEEDS_REVIEW');
      create index enrollment_call_review_idx on enrollment_call (created_at, id) where state = 'NEEDS_REVIEW';
    `);
  }
}

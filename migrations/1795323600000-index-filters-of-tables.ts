import type { MigrationInterface, QueryRunner } from "typeorm";

/** Lists of a policy in the order of creation, of the few that were refunded or revoked, and of a course by its key. */
export class IndexFiltersOfTables1795323600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      drop index course_entitlement_policy_id_idx;
      create index course_entitlement_policy_id_idx on course_entitlement (policy_id, created_at, id);
      create index course_entitlement_ended_idx on course_entitlement (created_at, id)
        where expiry_cause in ('REFUNDED', 'REVOKED');
      create index course_run_course_key_idx on course_run ((org || '+' || number));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop index course_entitlement_policy_id_idx, course_entitlement_ended_idx, course_run_course_key_idx;
      create index course_entitlement_policy_id_idx on course_entitlement (policy_id)
        where policy_id is not null;
    `);
  }
}

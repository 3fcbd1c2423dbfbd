import type { MigrationInterface, QueryRunner } from "typeorm";

/** Lets the expiry sweep read what may be due, and not the many that have expired or have time left. */
export class IndexUnexpiredEntitlements1795308000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index course_entitlement_unused_idx on course_entitlement (created_at, id)
        where expired_at is null and enrollment_id is null;
      create index course_entitlement_redeemed_idx on course_entitlement (created_at, id)
        where expired_at is null and enrollment_id is not null;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop index course_entitlement_unused_idx, course_entitlement_redeemed_idx");
  }
}

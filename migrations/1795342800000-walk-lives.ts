import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * A list of everybody as of an instant walks the entries that begin the lives of entitlements, which never change, instead of
 * the present rows, whose creation may.
 */
export class WalkLives1795342800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index historical_course_entitlement_begun_idx on historical_course_entitlement (created_at, id)
        where history_type = '+';
      drop index historical_course_entitlement_deleted_idx;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      create index historical_course_entitlement_deleted_idx on historical_course_entitlement (created_at, id)
        where history_type = '-';
      drop index historical_course_entitlement_begun_idx;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * A list of everybody as of an instant passes over the lives that began within the day after it. The index now holds when
 * a life began, so that none of their entries is read for that.
 */
export class IndexBegunLives1795352000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      drop index historical_course_entitlement_begun_idx;
      create index historical_course_entitlement_begun_idx
        on historical_course_entitlement (created_at, id, history_date, history_id) where history_type = '+';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop index historical_course_entitlement_begun_idx;
      create index historical_course_entitlement_begun_idx on historical_course_entitlement (created_at, id)
        where history_type = '+';
    `);
  }
}

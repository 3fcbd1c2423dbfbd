import type { MigrationInterface, QueryRunner } from "typeorm";

/** Whether an LMS is followed shows how far behind it what is imported may be. */
export class FollowAnLms1795331400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query("alter table import_source add column is_followed boolean not null default false");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("alter table import_source drop column is_followed");
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * An account that was forgotten stays so, whatever another system tells of it later: without this, the LMS would bring the
 * name back with its next answer.
 */
export class RememberForgottenAccounts1795354000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table user_account add column forgotten_at timestamptz(3);
      update user_account u set forgotten_at = told.at
      from (select user_id, max(created_at) as at from history_erasure where user_id is not null group by user_id) told
      where told.user_id = u.id;
      select bound_instants('user_account');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table user_account drop column forgotten_at;
      select bound_instants('user_account');
    `);
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * An account that was forgotten stays so, whatever another system tells of it later: without this, the LMS would bring the
 * name back with its next answer. Accounts that only history knew get a row.
 */
export class RememberForgottenAccounts1795354000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table user_account add column forgotten_at timestamptz(3);
      with forgotten as (
        select user_id, min(created_at) as at from history_erasure where user_id is not null group by user_id
      ), stored as (
        update user_account u set forgotten_at = f.at from forgotten f where f.user_id = u.id
      )
      insert into user_account (id, username, is_active, forgotten_at)
        select user_id, 'retired__user_' || user_id, false, at from forgotten on conflict do nothing;
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

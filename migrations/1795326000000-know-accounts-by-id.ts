import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * An account is known by its LMS user id; its e-mail address and real name are stored only where an installation wants
 * them. What comes from Open edX keeps the instant at which it was last told.
 */
export class KnowAccountsById1795326000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table user_account
        alter column email drop not null, alter column email drop default,
        alter column name drop not null, alter column name drop default,
        add column seen_at timestamptz(3);
      update user_account set email = nullif(email, ''), name = nullif(name, '') where email = '' or name = '';
      drop index user_account_email_idx, user_account_email_lower_idx;
      create index user_account_email_lower_idx on user_account (lower(email), id) where email is not null;
      alter table course_run add column seen_at timestamptz(3);
      alter table course_enrollment add column seen_at timestamptz(3);
      alter table certificate add column seen_at timestamptz(3);
      select bound_instants('user_account'), bound_instants('course_run'),
        bound_instants('course_enrollment'), bound_instants('certificate');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table user_account drop column seen_at;
      alter table course_run drop column seen_at;
      alter table course_enrollment drop column seen_at;
      alter table certificate drop column seen_at;
      select bound_instants('user_account'), bound_instants('course_run'),
        bound_instants('course_enrollment'), bound_instants('certificate');
      update user_account set email = coalesce(email, ''), name = coalesce(name, '')
        where email is null or name is null;
      alter table user_account
        alter column email set default '', alter column email set not null,
        alter column name set default '', alter column name set not null;
      drop index user_account_email_lower_idx;
      create index user_account_email_lower_idx on user_account (lower(email), id);
      create index user_account_email_idx on user_account (email);
    `);
  }
}

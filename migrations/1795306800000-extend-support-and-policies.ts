import type { MigrationInterface, QueryRunner } from "typeorm";

/** Support declares more than three actions, and a policy that is in use can be retired. */
export class ExtendSupportAndPolicies1795306800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table course_entitlement_support_detail
        drop constraint course_entitlement_support_detail_action_check,
        add constraint course_entitlement_support_detail_action_check
          check (action in ('CREATE', 'REISSUE', 'EXPIRE', 'LOCK_REFUND', 'UNLOCK_REFUND', 'REVOKE',
            'CHANGE_MODE', 'REVERT', 'RESOLVE_REFUND'));

      alter table course_entitlement_policy
        add column retired_at timestamptz(3),
        drop constraint course_entitlement_policy_site_id_mode_key;
      create unique index course_entitlement_policy_site_id_mode_key
        on course_entitlement_policy (site_id, mode) nulls not distinct where retired_at is null;
      alter table historical_course_entitlement_policy add column retired_at timestamptz(3);
      select guard_history('course_entitlement_policy');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop index course_entitlement_policy_site_id_mode_key;
      alter table course_entitlement_policy
        drop column retired_at,
        add constraint course_entitlement_policy_site_id_mode_key unique nulls not distinct (site_id, mode);
      alter table historical_course_entitlement_policy drop column retired_at;
      select guard_history('course_entitlement_policy');

      alter table course_entitlement_support_detail
        drop constraint course_entitlement_support_detail_action_check,
        add constraint course_entitlement_support_detail_action_check
          check (action in ('CREATE', 'REISSUE', 'EXPIRE')) not valid;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/** An agent can renew an entitlement: its expiration period counts anew from that instant. */
export class RenewEntitlements1795313400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table course_entitlement add column renewed_at timestamptz(3);
      alter table historical_course_entitlement add column renewed_at timestamptz(3);
      select guard_history('course_entitlement');
      select bound_instants('course_entitlement'), bound_instants('historical_course_entitlement');
      ${supportActions("'CREATE', 'REISSUE', 'EXPIRE', 'LOCK_REFUND', 'UNLOCK_REFUND', 'REVOKE', 'CHANGE_MODE', 'REVERT', 'RESOLVE_REFUND', 'RENEW'")}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table course_entitlement drop column renewed_at;
      alter table historical_course_entitlement drop column renewed_at;
      select guard_history('course_entitlement');
      select bound_instants('course_entitlement'), bound_instants('historical_course_entitlement');
      ${supportActions("'CREATE', 'REISSUE', 'EXPIRE', 'LOCK_REFUND', 'UNLOCK_REFUND', 'REVOKE', 'CHANGE_MODE', 'REVERT', 'RESOLVE_REFUND'", "not valid")}
    `);
  }
}

function supportActions(actions: string, validity = ""): string {
  return `alter table course_entitlement_support_detail
    drop constraint course_entitlement_support_detail_action_check,
    add constraint course_entitlement_support_detail_action_check check (action in (${actions})) ${validity};`;
}

import type { MigrationInterface, QueryRunner } from "typeorm";

const ACTIONS =
  "'CREATE', 'REISSUE', 'EXPIRE', 'LOCK_REFUND', 'UNLOCK_REFUND', 'REVOKE', 'CHANGE_MODE', 'REVERT', 'RESOLVE_REFUND', 'RENEW', 'MOVE', 'TRANSFER', 'ASSIGN_POLICY'";

/** A revocation that returned no money is told apart from all others, after which the order is never refunded again. */
export class TellUnpaidRevocations1795324200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(supportActions(`${ACTIONS}, 'REVOKE_UNPAID'`));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(supportActions(ACTIONS, "not valid"));
  }
}

function supportActions(actions: string, validity = ""): string {
  return `alter table course_entitlement_support_detail
    drop constraint course_entitlement_support_detail_action_check,
    add constraint course_entitlement_support_detail_action_check check (action in (${actions})) ${validity};`;
}

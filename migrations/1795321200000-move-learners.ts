import type { MigrationInterface, QueryRunner } from "typeorm";

const ACTIONS =
  "'CREATE', 'REISSUE', 'EXPIRE', 'LOCK_REFUND', 'UNLOCK_REFUND', 'REVOKE', 'CHANGE_MODE', 'REVERT', 'RESOLVE_REFUND', 'RENEW'";

/** Support can move a learner to another run, transfer an entitlement to another learner, and give it another policy. */
export class MoveLearners1795321200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(supportActions(`${ACTIONS}, 'MOVE', 'TRANSFER', 'ASSIGN_POLICY'`));
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

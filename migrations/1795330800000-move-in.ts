import type { MigrationInterface, QueryRunner } from "typeorm";

const ACTIONS =
  "'CREATE', 'REISSUE', 'EXPIRE', 'LOCK_REFUND', 'UNLOCK_REFUND', 'REVOKE', 'REVOKE_UNPAID', 'CHANGE_MODE', 'REVERT', 'RESOLVE_REFUND', 'RENEW', 'MOVE', 'TRANSFER', 'ASSIGN_POLICY'";

/**
 * Entitlements of an LMS can be imported: what each row was there, and which instant of the LMS is imported. The LMS has
 * stored actions of support that we do not know, and they are kept.
 */
export class MoveIn1795330800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table imported_row (
        source_table varchar(64) not null,
        source_id bigint not null,
        id uuid not null,
        entry_id bigint,
        checksum uuid,
        original jsonb,
        constraint imported_row_pkey primary key (source_table, source_id)
      );
      create index imported_row_id_idx on imported_row (id, source_table);
      create table import_source (
        name text not null constraint import_source_pkey primary key,
        as_of timestamptz(3) not null
      );
      select bound_instants('import_source');
      ${supportActions("action <> ''")}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table imported_row, import_source;
      ${supportActions(`action in (${ACTIONS})`, "not valid")}
    `);
  }
}

function supportActions(condition: string, validity = ""): string {
  return `alter table course_entitlement_support_detail
    drop constraint course_entitlement_support_detail_action_check,
    add constraint course_entitlement_support_detail_action_check check (${condition}) ${validity};`;
}

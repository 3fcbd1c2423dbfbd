import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What history has forgotten belongs to an erasure that is recorded, at the latest when the transaction commits. So the role
 * that serves may forget users, but never without an entry that says so.
 */
export class RecordEveryErasure1795347600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table history_erased add constraint history_erased_erasure_id_fkey
        foreign key (erasure_id) references history_erasure deferrable initially deferred`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("alter table history_erased drop constraint history_erased_erasure_id_fkey");
  }
}

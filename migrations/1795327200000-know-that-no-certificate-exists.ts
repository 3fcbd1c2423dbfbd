import type { MigrationInterface, QueryRunner } from "typeorm";

/** The LMS was asked for a certificate, and there is none: that is known for a while, as a certificate is. */
export class KnowThatNoCertificateExists1795327200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query("alter table certificate alter column status drop not null");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      delete from certificate where status is null;
      alter table certificate alter column status set not null;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/** A refund that was requested together with many others waits for its first attempt: then its attempt is 0. */
export class QueueRefunds1795322400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(attemptCheck("attempt >= 0"));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(attemptCheck("attempt > 0"));
  }
}

function attemptCheck(condition: string): string {
  return `alter table refund drop constraint refund_attempt_check,
    add constraint refund_attempt_check check (${condition});`;
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/** A shop can say that it does not know an order yet: it has refunded nothing, and is asked again. */
export class WaitForTheShopToKnow1795326300000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(answerCheck("'ACCEPTED', 'REFUSED', 'NOT_SENT', 'NOT_YET', 'UNKNOWN'"));
  }

  async down(db: QueryRunner): Promise<void> {
    // Also of refunds that are final. The guard writes its entries now: PostgreSQL alters no table that a trigger waits for.
    await db.query(`
      alter table refund disable trigger refund_final;
      update refund set answer = 'NOT_SENT' where answer = 'NOT_YET';
      set constraints all immediate;
      set constraints all deferred;
      alter table refund enable trigger refund_final;
    `);
    await db.query(answerCheck("'ACCEPTED', 'REFUSED', 'NOT_SENT', 'UNKNOWN'"));
  }
}

function answerCheck(answers: string): string {
  return `alter table refund drop constraint refund_answer_check,
    add constraint refund_answer_check check (answer in (${answers}));`;
}

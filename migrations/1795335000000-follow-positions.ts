import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Webhooks follow history by positions. Where one stands that followed it by ids until now is found when changes are first
 * taken over: not everything is settled yet.
 */
export class FollowPositions1795335000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query("alter table webhook_channel add column log_position bigint");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("alter table webhook_channel drop column log_position");
  }
}

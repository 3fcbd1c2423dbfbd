import type { MigrationInterface, QueryRunner } from "typeorm";

/** A schema for the queue of background work, whose engine makes and migrates its own tables in it. */
export class CreateJobsSchema1795308600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query("create schema jobs");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop schema jobs cascade");
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/** Staff name support agents here, beside those whose tokens say so. */
export class CreateSupportAgents1795320600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table support_agent (
        comments text not null,
        withdrawn_at timestamptz(3),
        created_at timestamptz(3) not null,
        modified_at timestamptz(3) not null,
        id uuid default gen_random_uuid() constraint support_agent_pkey primary key,
        user_id bigint not null constraint support_agent_user_id_key unique
          constraint support_agent_user_id_fkey references user_account on delete cascade
      );
      create index support_agent_created_at_idx on support_agent (created_at, id) where withdrawn_at is null;
      select bound_instants('support_agent');
      select track_history('support_agent');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop table historical_support_agent, support_agent; drop function guard_support_agent");
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/** Webhooks have history. What signs their messages, how far they have come, and what they have yet to tell has none. */
export class CreateWebhooks1795325400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table webhook (
        url varchar(2000) not null,
        entity_types text[] not null
          constraint webhook_entity_types_check
            check (entity_types <@ array['COURSE_ENTITLEMENT', 'REFUND'] and entity_types <> '{}'),
        is_active boolean not null default true,
        comments text not null,
        secret_made_at timestamptz(3) not null,
        replayed_from bigint,
        tested_at timestamptz(3),
        created_at timestamptz(3) not null,
        modified_at timestamptz(3) not null,
        id uuid default gen_random_uuid() constraint webhook_pkey primary key
      );
      select bound_instants('webhook');
      select track_history('webhook');

      create table webhook_channel (
        webhook_id uuid constraint webhook_channel_pkey primary key
          constraint webhook_channel_webhook_id_fkey references webhook on delete cascade,
        secret text not null,
        position bigint not null
      );

      create table webhook_delivery (
        id uuid default gen_random_uuid() constraint webhook_delivery_pkey primary key,
        webhook_id uuid not null constraint webhook_delivery_webhook_id_fkey references webhook on delete cascade,
        history_id bigint not null,
        entitlement_id uuid not null,
        state varchar(8) not null
          constraint webhook_delivery_state_check check (state in ('WAITING', 'PENDING', 'DEAD')),
        attempt integer not null,
        next_attempt_at timestamptz(3),
        detail varchar(100),
        created_at timestamptz(3) not null,
        modified_at timestamptz(3) not null,
        constraint webhook_delivery_webhook_id_history_id_key unique (webhook_id, history_id),
        constraint webhook_delivery_next_attempt_at_check
          check ((next_attempt_at is not null) = (state = 'PENDING'))
      );
      create index webhook_delivery_next_attempt_at_idx on webhook_delivery (next_attempt_at)
        where next_attempt_at is not null;
      create index webhook_delivery_entitlement_id_idx on webhook_delivery (webhook_id, entitlement_id, history_id);
      select bound_instants('webhook_delivery');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table webhook_delivery, webhook_channel, historical_webhook, webhook;
      drop function guard_webhook;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/** Refunds, one live at a time for each entitlement, and the ledger of the embedded shop. */
export class CreateRefunds1795309200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table refund (
        order_number varchar(128) not null,
        state varchar(16) not null
          constraint refund_state_check
            check (state in ('REQUESTED', 'IN_DOUBT', 'SUCCEEDED', 'FAILED', 'NEEDS_REVIEW')),
        attempt integer not null default 1 constraint refund_attempt_check check (attempt > 0),
        next_attempt_at timestamptz(3),
        answer varchar(8)
          constraint refund_answer_check check (answer in ('ACCEPTED', 'REFUSED', 'NOT_SENT', 'UNKNOWN')),
        detail varchar(200),
        shop_references text[] not null default '{}',
        created_at timestamptz(3) not null,
        modified_at timestamptz(3) not null,
        id uuid default gen_random_uuid() constraint refund_pkey primary key,
        entitlement_id uuid not null
          constraint refund_entitlement_id_fkey references course_entitlement on delete cascade,
        constraint refund_next_attempt_at_check
          check ((next_attempt_at is not null) = (state in ('REQUESTED', 'IN_DOUBT')))
      );
      create unique index refund_live_key on refund (entitlement_id) where state <> 'FAILED';
      create index refund_next_attempt_at_idx on refund (next_attempt_at) where next_attempt_at is not null;
      create index refund_entitlement_id_idx on refund (entitlement_id, created_at, id);
      create index refund_created_at_idx on refund (created_at, id);
      create index refund_state_idx on refund (state, created_at, id);
      create index refund_order_number_idx on refund (order_number);

      create function refuse_refund_change() returns trigger language plpgsql as $$
      begin
        raise exception 'refund % has % for good', old.id, old.state
          using errcode = 'object_not_in_prerequisite_state';
      end $$;
      create trigger refund_final before update on refund for each row
        when (old.state in ('SUCCEEDED', 'FAILED') and old.* is distinct from new.*)
        execute function refuse_refund_change();

      select track_history('refund');
      create index historical_refund_entitlement_id_idx on historical_refund (entitlement_id, history_id);

      create table embedded_shop_refund (
        key uuid constraint embedded_shop_refund_pkey primary key,
        entitlement_id uuid not null,
        order_number varchar(128) not null,
        asked integer not null default 1,
        reference varchar(64),
        created_at timestamptz(3) not null default date_trunc('milliseconds', clock_timestamp())
      );
      create index embedded_shop_refund_entitlement_id_idx on embedded_shop_refund (entitlement_id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table embedded_shop_refund, historical_refund, refund;
      drop function refuse_refund_change, guard_refund;
    `);
  }
}

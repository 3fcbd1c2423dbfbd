import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

/** The tables that are only added to, besides those of the order of history. */
const GUARDED: Replacement[] = [
  ["'history_told']", "'history_told', 'history_checkpoint', 'history_cosignature']"],
];

/**
 * What seals the history, so that whoever holds one old checkpoint sees whether it was changed since. Only the sealer writes
 * these tables.
 *
 * - \`history_tile\`: the hashes of entries, and those of full tiles below, 256 at most in a row.
 * - \`history_checkpoint\`: the signed root of the tree at each size at which it was sealed.
 * - \`history_cosignature\`: the lines by which witnesses say that they have seen a checkpoint.
 * - \`history_subject_key\`: a random key for each account. What is sealed of its name and of words about its learner depends on it, so
 *   that both are forgotten with the key.
 */
export class SealHistory1795341600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table history_tile (
        level smallint,
        index bigint,
        hashes bytea not null constraint history_tile_hashes_check check (octet_length(hashes) between 32 and 8192),
        constraint history_tile_pkey primary key (level, index)
      );
      alter table history_tile alter column hashes set storage external;

      create table history_checkpoint (
        size bigint constraint history_checkpoint_pkey primary key,
        at timestamptz(3) not null,
        note text not null
      );
      select bound_instants('history_checkpoint');

      create table history_cosignature (
        size bigint,
        witness text,
        line text not null,
        constraint history_cosignature_pkey primary key (size, witness),
        constraint history_cosignature_size_fkey foreign key (size) references history_checkpoint
      );

      create table history_subject_key (
        user_id bigint constraint history_subject_key_pkey primary key,
        key bytea not null constraint history_subject_key_key_check check (octet_length(key) = 32)
      );
    `);
    await redefine(db, "guard_history_order", GUARDED);
    await db.query("select guard_history_order()");
  }

  async down(db: QueryRunner): Promise<void> {
    await redefine(db, "guard_history_order", GUARDED.map(reversed));
    await db.query("drop table history_tile, history_cosignature, history_checkpoint, history_subject_key");
  }
}

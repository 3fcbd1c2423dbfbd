import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What people look for by what they have read or been told: a username, an e-mail address or an order number in any
 * case, and runs by words of their title and key. `words_of` cuts at spaces and ASCII punctuation only, whatever the
 * locale of the database, so that it needs no extension and no parser of a language.
 */
export class IndexWhatPeopleLookFor1795321800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Its cost has the planner look at the index before it computes the words of each row.
      create function words_of(line text) returns tsvector immutable parallel safe cost 1000 language plpgsql as $$
      begin
        return array_to_tsvector(array_remove(
          regexp_split_to_array(lower(line), '[\\s!-/:-@\\[-\`{-~]+'), ''));
      end $$;

      create index user_account_username_lower_idx on user_account (lower(username) collate "C", id);
      create index user_account_email_lower_idx on user_account (lower(email), id);
      create index course_entitlement_order_number_lower_idx
        on course_entitlement (lower(order_number) collate "C", id) where order_number is not null;
      create index course_run_words_idx on course_run using gin (words_of(
        title || ' ' || org || ' ' || number || ' ' || regexp_replace(key, '^course-v1:', '')));
      create index course_mode_slug_idx on course_mode (slug, min_price);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop index user_account_username_lower_idx, user_account_email_lower_idx,
        course_entitlement_order_number_lower_idx, course_run_words_idx, course_mode_slug_idx;
      drop function words_of;
    `);
  }
}

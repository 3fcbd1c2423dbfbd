import type { MigrationInterface, QueryRunner } from "typeorm";

/** A part of a function, and what takes its place. */
export type Replacement = readonly [before: string, after: string];

/** What makes a history table has the column too. */
const CREATE_HISTORY: Replacement[] = [
  ["history_claimed_label text\n", "history_claimed_label text,\n        history_user_role varchar(8)\n"],
  ["session_user, null from %s l", "session_user, null, null from %s l"],
];
/** The guard signs with the role that the transaction was given, like with the rest. */
const GUARD_HISTORY: Replacement[] = [
  [
    "        request_id text := nullif(",
    `        user_role text := case when may_sign then nullif(current_setting('history.user_role', true), '') end;
        request_id text := nullif(`,
  ],
  ["history_source, history_request_id)", "history_source, history_request_id, history_user_role)"],
  ["'DATABASE', request_id\n", "'DATABASE', request_id, user_role\n"],
];
/** Does something with each history table and the live one that it belongs to. */
const eachHistory = (statements: string) => `
  do $$
  declare history text;
  begin
    for history in select table_name from information_schema.tables
      where table_schema = current_schema() and table_name like 'historical\\_%' order by table_name
    loop
      ${statements}
      perform guard_history(substr(history, length('historical_') + 1)::regclass);
    end loop;
  end $$;`;

/** An entry of history names the role in which its author acted. Of older entries it is not known. */
export class SignHistoryWithRoles1795324800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await redefine(db, "create_history", CREATE_HISTORY);
    await redefine(db, "guard_history", GUARD_HISTORY);
    await db.query(
      eachHistory("execute format('alter table %I add column history_user_role varchar(8)', history);"),
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await redefine(db, "create_history", CREATE_HISTORY.map(reversed));
    await redefine(db, "guard_history", GUARD_HISTORY.map(reversed));
    await db.query(eachHistory("execute format('alter table %I drop column history_user_role', history);"));
  }
}

/** What undoes a replacement. */
export const reversed = ([before, after]: Replacement): Replacement => [after, before];

/** Makes a function anew with changes of its text, each of which must be found. */
export async function redefine(
  db: QueryRunner,
  name: string,
  replacements: readonly Replacement[],
): Promise<void> {
  const [{ definition }] = (await db.query("select pg_get_functiondef($1::regproc) as definition", [
    name,
  ])) as [{ definition: string }];
  let text = definition;
  for (const [before, after] of replacements) {
    if (!text.includes(before)) throw new Error(`${name} is not as earlier migrations made it`);
    text = text.replaceAll(before, after);
  }
  await db.query(text);
}

import { staffOrService } from "../../auth/who";
import { isRetiredName } from "../../rules/accounts/retired-names";
import { planReplacements, type Replacement } from "../../rules/accounts/replacements";
import { repeat } from "../../store/statement";
import { command } from "../command";

/** So many usernames can be replaced at once. */
export const REPLACEMENTS_AT_MOST = 100;

/** The usernames that accounts have in the LMS from now on. */
export interface ReplaceUsernames {
  replacements: readonly Replacement[];
}

/** What has become of each replacement that was asked for. */
export interface Replacements {
  /** Done, or nothing to do: no account has the username here, or it stays. */
  replaced: Replacement[];
  /** Not done: see `planReplacements`. */
  failed: Replacement[];
}

/**
 * Gives accounts other usernames, because the LMS has: all at once, so that two can swap theirs. Each is replaced or not, and
 * the others are. Accounts have no history, and that of other rows keeps the name under which a user has acted.
 */
export const replaceUsernames = command(
  "replaceUsernames",
  staffOrService,
  async (tx, { app }, { replacements }: ReplaceUsernames): Promise<Replacements> => {
    const accounts = await repeat<{ id: string; username: string }>(
      tx.queryRunner!,
      `select id, username from user_account
       where lower(username) collate "C" in (select lower(name) collate "C" from unnest($1::text[]) named (name))
       order by id for update`,
      [replacements.flatMap(({ from, to }) => [from, to])],
    );
    const isRetired = (username: string) => isRetiredName(username, app.config.retirement);
    const { possible, failed, changes } = planReplacements(replacements, accounts, isRetired);
    const values = [changes.map(({ id }) => id), changes.map(({ username }) => username)];
    // First a name that no account can have: a username is unique at each moment, also while two are swapped.
    await repeat(
      tx.queryRunner!,
      "update user_account set username = '?' || id where id = any($1::bigint[])",
      [values[0]],
    );
    await repeat(
      tx.queryRunner!,
      `update user_account a set username = named.username
       from unnest($1::bigint[], $2::text[]) named (id, username) where a.id = named.id`,
      values,
    );
    return { replaced: possible, failed };
  },
);

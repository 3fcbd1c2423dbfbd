import type { EntityManager } from "typeorm";
import type { App } from "../../app";
import type { LmsAccount } from "../../gateways/open-edx/account-gateway";
import { repeat } from "../../store/statement";
import { storeCommand } from "../system-command";

/**
 * Stores what the LMS has told of accounts, in a transaction of its own. Returns the ids of accounts that have lost
 * their username, as `storeAccounts` does.
 */
export const recordAccounts = storeCommand("recordAccounts", storeAccounts);

/** Two accounts can swap their names; more rounds mean that the LMS changes while it is asked. */
const ROUNDS_AT_MOST = 4;

/**
 * Stores what the LMS tells now of accounts, and asks it for those that have lost their usernames to them. Rejects with
 * HttpFailure when it does not answer.
 */
export async function recordAndFollow(app: App, accounts: readonly LmsAccount[]): Promise<void> {
  let told = accounts;
  for (let round = 0; round < ROUNDS_AT_MOST && told.length > 0; round++)
    told = await accountsById(app, await recordAccounts(app, told, app.clock()));
}

/** The accounts with these ids, each asked for in a call of its own; those that the LMS does not know are left out. */
export async function accountsById({ openEdx }: App, ids: readonly string[]): Promise<LmsAccount[]> {
  const found: LmsAccount[] = [];
  for (const id of ids) {
    const account = await openEdx.accounts.byId(id);
    if (account) found.push(account);
  }
  return found;
}

/**
 * A learner with the username that the LMS has now, which is recorded. The LMS knows enrollments by usernames; they change,
 * and another account may then have one of them, so the account is asked for by its id. Null when the LMS knows none. Rejects
 * with HttpFailure when it gives no answer that makes sense.
 */
export async function learnerNow(app: App, id: string): Promise<LmsAccount | null> {
  const account = await app.openEdx.accounts.byId(id);
  if (account) await recordAndFollow(app, [account]);
  return account;
}

/**
 * Stores what the LMS told of accounts at an instant; of several with one id or one username, the last. An account is
 * its id: another account that still has a username which is told here, in any case, gets `?` and its id in its place,
 * which no username can be. Returns the ids of those accounts: they count as never seen until the LMS is asked for them.
 * An account that was forgotten keeps its name and stays inactive, whatever is told of it.
 */
export async function storeAccounts(
  tx: EntityManager,
  accounts: readonly LmsAccount[],
  seenAt: Date,
): Promise<string[]> {
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const told = [...new Map([...byId.values()].map((account) => [account.username, account])).values()];
  const [ids, usernames] = [told.map(({ id }) => id), told.map(({ username }) => username)];
  const displaced = await repeat<{ id: string }>(
    tx.queryRunner!,
    `update user_account held set username = '?' || held.id, seen_at = null
     from unnest($1::bigint[], $2::text[]) named (id, username)
     where lower(held.username) collate "C" = lower(named.username) collate "C" and held.id <> named.id
       and not exists (select from user_account forgotten
         where forgotten.id = named.id and forgotten.forgotten_at is not null)
     returning held.id`,
    [ids, usernames],
  );
  await repeat(
    tx.queryRunner!,
    `insert into user_account as held (id, username, is_active, seen_at)
     select id, username, is_active, $4 from unnest($1::bigint[], $2::text[], $3::boolean[]) told (id, username, is_active)
     order by id
     on conflict (id) do update
       set username = case when held.forgotten_at is null then excluded.username else held.username end,
         is_active = excluded.is_active and held.forgotten_at is null, seen_at = excluded.seen_at`,
    [ids, usernames, told.map(({ isActive }) => isActive), seenAt],
  );
  return displaced.map(({ id }) => id).filter((id) => !ids.includes(id));
}

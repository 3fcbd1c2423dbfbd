import { byKey } from "../../store/by-key";
import { listOf, select, type Database } from "../../store/statement";

/** The public data of an account. */
export interface UserFacts {
  id: string;
  username: string;
}

/**
 * SQL for the id of the account that a name in a parameter means: the account of exactly this name, or else the only one
 * whose name differs in case alone. Where there are several of those, the name means none.
 */
export function idNamed(parameter: string): string {
  const isAlike = (account: string) => `lower(${account}.username) collate "C" = lower(${parameter})`;
  return `(
    select named.id from user_account named where ${isAlike("named")} and (named.username = ${parameter} or not exists (
      select from user_account other where ${isAlike("other")} and other.id <> named.id)))`;
}

/** The user with a name as people and shops write it, in any case; see `idNamed`. */
export async function userNamed(db: Database, name: string): Promise<UserFacts | null> {
  const sql = `select id, username from user_account where id = ${idNamed("$1::text")}`;
  return (await select<UserFacts>(db, sql, [name]))[0] ?? null;
}

/** The user with exactly this username, as tokens have it. */
export async function userByUsername(db: Database, username: string): Promise<UserFacts | null> {
  const [user] = await select<UserFacts>(db, "select id, username from user_account where username = $1", [
    username,
  ]);
  return user ?? null;
}

/** The user with one of these usernames, exactly so; of several users, the one whose username comes first. */
export async function userNamedFirst(db: Database, names: readonly string[]): Promise<UserFacts | null> {
  const sql = `select id, username from user_account where username = any(${listOf("$1", "text")})
    order by array_position($1::text[], username::text) limit 1`;
  return (await select<UserFacts>(db, sql, [names]))[0] ?? null;
}

/** Users by LMS user id; null for those that do not exist. */
export async function usersById(db: Database, ids: readonly string[]): Promise<(UserFacts | null)[]> {
  const sql = `select id, username from user_account where id = any(${listOf("$1", "bigint")})`;
  const users = await select<UserFacts>(db, sql, [ids]);
  return byKey(ids, users, ({ id }) => id);
}

/** The user with this LMS user id. */
export async function userById(db: Database, id: string): Promise<UserFacts | null> {
  return (await usersById(db, [id]))[0]!;
}

/** The user with this e-mail address in any case; of several, the one with exactly this address, or else the first registered. */
export async function userByEmail(db: Database, email: string): Promise<UserFacts | null> {
  const [user] = await select<UserFacts>(
    db,
    "select id, username from user_account where lower(email) = lower($1) order by email <> $1, id limit 1",
    [email],
  );
  return user ?? null;
}

/** All that is stored of an account, for its owner. */
export interface AccountFacts extends UserFacts {
  /** Null where none is stored. */
  email: string | null;
  /** The full name; null where none is stored. */
  name: string | null;
  isActive: boolean;
}

/** An account with what is private. */
export async function accountOf(db: Database, id: string): Promise<AccountFacts | null> {
  const sql = `select id, username, email, name, is_active as "isActive" from user_account where id = $1`;
  return (await select<AccountFacts>(db, sql, [id]))[0] ?? null;
}

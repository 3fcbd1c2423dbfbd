import { byKey } from "../../store/by-key";
import { listOf, select, type Database } from "../../store/statement";

/** The public data of an account. */
export interface UserFacts {
  id: string;
  username: string;
}

/** The user with this username. */
export async function userByUsername(db: Database, username: string): Promise<UserFacts | null> {
  const [user] = await select<UserFacts>(db, "select id, username from user_account where username = $1", [
    username,
  ]);
  return user ?? null;
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

/** The user with this e-mail address; of several, the first registered. */
export async function userByEmail(db: Database, email: string): Promise<UserFacts | null> {
  const [user] = await select<UserFacts>(
    db,
    "select id, username from user_account where email = $1 order by id limit 1",
    [email],
  );
  return user ?? null;
}

/** All that is stored of an account, for its owner. */
export interface AccountFacts extends UserFacts {
  /** Empty where none is known. */
  email: string;
  /** The full name; empty where none is known. */
  name: string;
  isActive: boolean;
}

/** An account with what is private. */
export async function accountOf(db: Database, id: string): Promise<AccountFacts | null> {
  const sql = `select id, username, email, name, is_active as "isActive" from user_account where id = $1`;
  return (await select<AccountFacts>(db, sql, [id]))[0] ?? null;
}

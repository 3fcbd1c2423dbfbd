import { randomBytes } from "node:crypto";
import { listOf, select, type Database } from "../../store/statement";

/** The keys of accounts by their LMS user ids. An account that was forgotten has none. */
export type SubjectKeys = ReadonlyMap<string, Buffer>;

/** The keys of these accounts; those of which nothing was sealed before get one. */
export async function makeKeys(db: Database, userIds: ReadonlySet<string>): Promise<SubjectKeys> {
  const known = await readKeys(db, userIds);
  const others = [...userIds].filter((id) => !known.has(id));
  if (others.length === 0) return known;
  await db.query(
    `insert into history_subject_key (user_id, key) select * from unnest($1::bigint[], $2::bytea[])
     on conflict do nothing`,
    [others, others.map(() => randomBytes(32))],
  );
  return new Map([...known, ...(await readKeys(db, new Set(others)))]);
}

/** The keys of these accounts, as far as they have one. */
export async function readKeys(db: Database, userIds: ReadonlySet<string>): Promise<SubjectKeys> {
  if (userIds.size === 0) return new Map();
  const rows = await select<{ userId: string; key: Buffer }>(
    db,
    `select user_id::text as "userId", key from history_subject_key where user_id = any(${listOf("$1", "bigint")})`,
    [[...userIds]],
  );
  return new Map(rows.map(({ userId, key }) => [userId, key]));
}

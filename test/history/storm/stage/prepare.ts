import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { USERS } from "../paths";
import { messageOf, openSlot } from "../wal";

/** Makes what every storm begins with: users, a policy, and the log from here on. */
export async function prepareStorm(client: Client): Promise<void> {
  await openSlot(client);
  await client.query(
    "insert into user_account (id, username) select i, 'user-' || i from generate_series(1, $1::int) i",
    [USERS],
  );
  // By which the audit knows them, also where a row is deleted.
  for (const table of ["certificate", "course_run"])
    await client.query(`alter table ${table} replica identity using index ${table}_id_key`);
  await client.query("begin");
  await client.query(messageOf("start"));
  await client.query("insert into course_entitlement_policy (mode) values (null)");
  await client.query("commit");
}

/** Prepares a transaction with a change, which nobody else finishes, and returns its name. */
export async function prepareHeld(client: Client): Promise<string> {
  const gid = `held ${randomUUID()}`;
  await client.query("begin");
  await client.query(messageOf("a change that is prepared before a kill", true));
  await client.query(
    "insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at) values (1, gen_random_uuid(), 'held', now(), now())",
  );
  await client.query(`prepare transaction '${gid}'`);
  return gid;
}

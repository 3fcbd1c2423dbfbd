import type { EntityManager } from "typeorm";
import type { App } from "../../app";
import { faultPoint } from "../../store/fault-point";
import type { Change } from "../../store/transact";
import { transactSurely } from "../../store/transact-surely";
import { attempt } from "./attempt";
import { leaseEnd } from "./lease";
import type { Attempted, Outbox } from "./outbox";
import { logFailure } from "../log-failure";

const AT_ONCE = 10;

/**
 * Takes over the rows whose attempt has died or whose pause is over, and makes their calls again. Any number of
 * processes may run it at once. Its changes are signed with `change`. Returns how many rows it has taken over.
 */
export async function sweep<Row extends Attempted, Outcome>(
  app: App,
  outbox: Outbox<Row, Outcome>,
  change: Change,
): Promise<number> {
  if (outbox.isPaused(app)) return 0;
  const claimed = await transactSurely(app.db, change, (tx) => claim(tx, app, outbox));
  for (const row of claimed) await faultPoint("claim:afterCommit", outbox.faultKey(row));
  const attempts = claimed
    .filter(({ nextAttemptAt }) => nextAttemptAt !== null)
    .map((row) =>
      attempt(app, outbox, change, row).catch((error: unknown) => {
        const about = { task: change.reason, row: row.id };
        logFailure(app.log, error, about, "an attempt failed; the sweep will try again");
      }),
    );
  await Promise.all(attempts);
  return claimed.length;
}

/** Claims the due rows that no other process holds, for the length of a lease, or ends the attempts for them. */
async function claim<Row extends Attempted, Outcome>(
  tx: EntityManager,
  app: App,
  outbox: Outbox<Row, Outcome>,
): Promise<Row[]> {
  const due = await lockDue(tx, outbox);
  if (due.length === 0) return [];
  const now = app.clock();
  const nextAttemptAt = await leaseEnd(tx, outbox.deadlineMs(app));
  for (const row of due) {
    const isOld = now.getTime() > outbox.endsAt(row);
    const next = isOld
      ? { ...outbox.abandoned, nextAttemptAt: null }
      : { attempt: row.attempt + 1, nextAttemptAt };
    Object.assign(row, next, { modifiedAt: now });
  }
  await tx.save(due);
  for (const row of due) await faultPoint("claim:beforeCommit", outbox.faultKey(row));
  return due;
}

async function lockDue<Row extends Attempted>(
  tx: EntityManager,
  { entity }: Pick<Outbox<Row, never>, "entity">,
): Promise<Row[]> {
  return tx
    .createQueryBuilder(entity, "row")
    .where("row.nextAttemptAt <= clock_timestamp()")
    .orderBy("row.nextAttemptAt")
    .limit(AT_ONCE)
    .setLock("for_no_key_update")
    .setOnLocked("skip_locked")
    .getMany();
}

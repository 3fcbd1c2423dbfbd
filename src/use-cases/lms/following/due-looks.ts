import type { LookReason } from "../../../rules/lms/look-rules";
import { LOOK_GIVEN_UP_MS, QUIET_MS } from "../../../rules/lms/look-rules";
import { repeat } from "../../../store/statement";
import { storeCommand } from "../../system-command";

/** A look that this process is to take now. */
export interface ClaimedLook {
  reason: LookReason;
  /** The LMS user id; 0 for a run. */
  userId: string;
  /** Empty where no run is meant. */
  runKey: string;
  /** How many hints there were when it was claimed. */
  hints: number;
  /** The number of this attempt, from 1. */
  attempt: number;
  /** Whether it has been due for so long that it is given up. */
  isOld: boolean;
}

/** Claims the looks that are due and that no other process holds, for the length of a lease in milliseconds. */
export const claimLooks = storeCommand(
  "claimLooks",
  (tx, atMost: number, leaseMs: number): Promise<ClaimedLook[]> =>
    repeat<ClaimedLook>(
      tx.queryRunner!,
      `update reconcile_due due
       set attempt = due.attempt + 1, due_at = clock_timestamp() + $2 * interval '1 ms'
       from (
         select user_id, run_key, reason from reconcile_due where due_at <= clock_timestamp()
         order by due_at limit $1 for no key update skip locked
       ) claimed
       where (due.user_id, due.run_key, due.reason) = (claimed.user_id, claimed.run_key, claimed.reason)
       returning due.reason, due.user_id::text as "userId", due.run_key as "runKey", due.hints, due.attempt,
         due.noted_at < clock_timestamp() - $3 * interval '1 ms' as "isOld"`,
      [atMost, leaseMs, LOOK_GIVEN_UP_MS],
    ),
);

/** Ends a look; where other hints have come since it was claimed, it begins again. With null for its hints it ends anyway. */
export const endLook = storeCommand(
  "endLook",
  async (
    tx,
    { reason, userId, runKey, attempt, hints }: Omit<ClaimedLook, "hints"> & { hints: number | null },
  ): Promise<void> => {
    const values = [userId, runKey, reason, attempt];
    const [ended] = await repeat(
      tx.queryRunner!,
      `delete from reconcile_due where user_id = $1 and run_key = $2 and reason = $3 and attempt = $4
         and hints = coalesce($5, hints) returning reason`,
      [...values, hints],
    );
    if (ended) return;
    await repeat(
      tx.queryRunner!,
      `update reconcile_due set attempt = 0, noted_at = clock_timestamp(),
         due_at = clock_timestamp() + $5 * interval '1 ms'
       where user_id = $1 and run_key = $2 and reason = $3 and attempt = $4`,
      [...values, QUIET_MS[reason]],
    );
  },
);

/** Has a look taken again after a pause in milliseconds, unless another process has taken it since. */
export const postponeLook = storeCommand(
  "postponeLook",
  async (tx, { reason, userId, runKey, attempt }: ClaimedLook, pauseMs: number): Promise<void> => {
    await repeat(
      tx.queryRunner!,
      `update reconcile_due set due_at = clock_timestamp() + $5 * interval '1 ms'
       where user_id = $1 and run_key = $2 and reason = $3 and attempt = $4`,
      [userId, runKey, reason, attempt, pauseMs],
    );
  },
);

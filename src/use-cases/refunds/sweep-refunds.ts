import { randomUUID } from "node:crypto";
import { LessThanOrEqual } from "typeorm";
import type { App } from "../../app";
import { Refund } from "../../entities/refund";
import { REFUND_SENDING_ENDS_MS } from "../../rules/refund-rules";
import { faultPoint } from "../../store/fault-point";
import type { Change } from "../../store/transact";
import { transactSurely } from "../../store/transact-surely";
import { systemCommand } from "../command";
import { attemptRefund } from "./settle-refund";
import { leaseMs } from "./unenroll-and-refund";

const AT_ONCE = 10;

/**
 * Takes over refunds whose attempt has died or whose pause is over, and asks the shop again. Any number of processes
 * may do so at once. Returns how many it has taken.
 */
export const sweepRefunds = systemCommand("sweepRefunds", async (sign, app: App): Promise<number> => {
  if (app.refunds.isPaused) return 0;
  const change = sign("JOB", `sweep-${randomUUID()}`);
  const claimed = await claim(app, change);
  const attempts = claimed
    .filter(({ state }) => state !== "NEEDS_REVIEW")
    .map((refund) =>
      attemptRefund(app, change, refund).catch((error: unknown) => {
        app.log.error({ refund: refund.id, err: error }, "a refund could not be settled; it is tried again");
      }),
    );
  await Promise.all(attempts);
  return claimed.length;
});

function claim(app: App, change: Change): Promise<Refund[]> {
  return transactSurely(app.db, change, async (tx) => {
    const now = app.clock();
    const due = await tx.find(Refund, {
      where: { nextAttemptAt: LessThanOrEqual(now) },
      order: { nextAttemptAt: "ASC" },
      take: AT_ONCE,
      lock: { mode: "for_no_key_update", onLocked: "skip_locked" },
    });
    for (const refund of due) {
      const isOld = now.getTime() - refund.createdAt.getTime() > REFUND_SENDING_ENDS_MS;
      const lease = new Date(now.getTime() + leaseMs(app.config));
      Object.assign(
        refund,
        isOld
          ? { state: "NEEDS_REVIEW", nextAttemptAt: null }
          : { attempt: refund.attempt + 1, nextAttemptAt: lease },
        { modifiedAt: now },
      );
    }
    await tx.save(due);
    for (const { orderNumber } of due) await faultPoint("claim:beforeCommit", orderNumber);
    return due;
  });
}

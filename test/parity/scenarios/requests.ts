import { entitlementSpentOn } from "../../../src/reads/entitlements";
import { entitlementsById } from "../../../src/reads/entitlement-facts";
import { standingOf } from "../../../src/reads/decisions/choosing";
import { SparedShop } from "../../../src/gateways/refund/spared-shop";
import type { RefundOutcome } from "../../../src/gateways/refund/refund-gateway";
import { refundBlocker } from "../../../src/rules/entitlement-rules";
import { Refusal } from "../../../src/refusal";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { enrollIfEntitled } from "../../../src/use-cases/sessions/enroll-if-entitled";
import type { CommandRequest } from "../../../src/use-cases/command";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { toInstant } from "../answers";
import type { Changes, Operation } from "./format";
import type { Aliases } from "./state";

/**
 * The requests that an operation is made of. Where the original has two copies of a row in hand, we have two requests,
 * the second a second later.
 */
export function requestsOf(op: Operation, at: string): { op: Operation; at: string }[] {
  const later = toInstant(new Date(Date.parse(at) + 1000));
  const saved = (changes: Changes | undefined): Operation => ({ ...op, op: "save", changes });
  if (op.op === "staleSave")
    return [
      { op: saved(op.first), at },
      { op: saved(op.second), at: later },
    ];
  if (op.op === "saveAfterDelete")
    return [
      { op: { ...op, op: "delete" }, at },
      { op: saved(op.changes), at: later },
    ];
  return [{ op, at }];
}

/** When the steps of a group are taken: a quarter of a second apart, and later by what the clock is moved among them. */
export function instantsWithin({ steps }: Operation, at: string): string[] {
  let now = Date.parse(at);
  return steps!.map((inner) => {
    now += 250;
    const instant = toInstant(new Date(now));
    if (inner.op === "advance") now += milliseconds(inner.by!);
    return instant;
  });
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function milliseconds(by: string): number {
  const [, count, unit] = /^(\d+)(\D+)$/.exec(by)!;
  return Number(count) * UNITS[unit!]!;
}

/** The commands of the vectors that are commands of ours: transactions of their own. */
export const commands: Record<
  string,
  (request: CommandRequest, aliases: Aliases, op: Operation) => Promise<unknown>
> = {
  async enroll(request, aliases, op) {
    const input = { entitlementId: aliases.id("entitlement", op.entitlement!), courseRunKey: op.run! };
    const [facts] = await entitlementsById(request.app.db, [input.entitlementId]);
    // To redeem and to switch are one operation of the original.
    return (
      await orRefusal(facts?.enrollment ? switchSession(request, input) : enrollAndFulfill(request, input))
    ).isDone;
  },
  async checkAndEnroll(request, aliases, op) {
    const learner = { ...request.actor, userId: aliases.id("user", op.user!), username: op.user! };
    const enrolling = enrollIfEntitled({ ...request, actor: learner }, { courseRunKey: op.run! });
    const { value, isDone } = await orRefusal(enrolling);
    return isDone && value !== null;
  },
  async unenroll(request, aliases, op) {
    const spent = await entitlementSpentOn(request.app.db, aliases.id("user", op.user!), op.run!);
    if (!spent) return null;
    const { defaultPeriods } = request.app.config;
    const isRefundable =
      refundBlocker(standingOf(spent), spent.policy ?? defaultPeriods, request.now) === null;
    // The original refunds whenever it can; with us the caller decides, after a query whether the order is refundable.
    const refund = isRefundable && !op.skipRefund ? "REQUEST" : "SKIP";
    await unenrollAndRefund(request, { entitlementId: spent.id, refund });
    return null;
  },
  async expireThenRefund(request, aliases, op) {
    await unenrollAndRefund(request, {
      entitlementId: aliases.id("entitlement", op.entitlement!),
      refund: "REQUEST",
    });
    return null;
  },
};

/** A shop that says what the vector says. */
export function shopThat(accepts: boolean, clock: () => Date): SparedShop {
  const outcome: RefundOutcome = accepts
    ? { kind: "accepted", refs: ["1"] }
    : { kind: "refused", code: "DECLINED" };
  return new SparedShop({ isKeyed: true, request: () => Promise.resolve(outcome) }, 0, clock);
}

/** The original answers false where we refuse. */
async function orRefusal<T>(
  work: Promise<T>,
): Promise<{ isDone: true; value: T } | { isDone: false; value?: never }> {
  try {
    return { isDone: true, value: await work };
  } catch (error) {
    if (error instanceof Refusal && error.code !== "ENTITLEMENT_NOT_FOUND") return { isDone: false };
    throw error;
  }
}

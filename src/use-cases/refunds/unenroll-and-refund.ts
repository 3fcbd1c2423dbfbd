import { setTimeout as sleep } from "node:timers/promises";
import type { EntityManager } from "typeorm";
import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { entitlementsById } from "../../reads/entitlement-facts";
import type { Refund } from "../../entities/refund";
import { refundById } from "../../reads/refunds";
import { UNSETTLED_REFUND_STATES } from "../../rules/refund-rules";
import { faultPoint } from "../../store/fault-point";
import { transactSurely } from "../../store/transact-surely";
import { logFailure } from "../log-failure";
import { attempt } from "../attempts/attempt";
import { leave } from "../sessions/release";
import { act, changeOf, commandInSteps, type CommandRequest } from "../command";
import { deciding, lookBeforeRefund, lookBeforeRegain } from "../lms/before-deciding";
import type { OwnReference } from "../locked-entitlement";
import { orConflict } from "../races";
import { AWAITED_REFUNDS } from "./refund-outbox";
import { refusalOf } from "./refund-refusals";
import { foresee, proveSuccess, record, type RequestedRefund } from "./request-refund";

export interface UnenrollAndRefund extends OwnReference {
  /** Whether to request a refund, or only to leave the run. */
  refund: "REQUEST" | "SKIP";
}

/** An entitlement afterwards, and the refund that was requested; null when none was. */
export interface Unenrolled {
  entitlement: EntitlementFacts;
  refund: Refund | null;
}

/**
 * How long a caller waits for the outcome, and the pause between two reads of it, as multiples of the deadline of the
 * shop.
 */
const WAIT_IN_DEADLINES = 1.6;
const PAUSE_IN_DEADLINES = 0.05;

/**
 * Takes the learner out of the run and refunds the order: both or neither. While the outcome is unknown, the pending
 * refund is returned, for the client to read again; the same command again returns it too.
 */
export const unenrollAndRefund = commandInSteps(
  "unenrollAndRefund",
  learner,
  async (request, { refund: wish, ...reference }: UnenrollAndRefund): Promise<Unenrolled> => {
    if (wish === "SKIP") {
      const entitlement = await act(request, (tx) => leave(tx, request, reference));
      return { entitlement, refund: null };
    }
    if (request.rehearsal) return act(request, (tx) => tryOut(tx, request, reference));
    const { refund, isNew } = await intend(request, reference);
    await faultPoint("intend:afterCommit", refund.orderNumber);
    const seen = isNew ? await askAndWait(request, refund) : refund;
    if (seen.state === "FAILED") {
      if (seen.answer === "NOT_SENT") uncount(request);
      throw refusalOf(seen);
    }
    const [entitlement] = await entitlementsById(request.app.db, [reference.entitlementId]);
    return { entitlement: entitlement!, refund: seen };
  },
  async (request, { refund: wish, ...reference }) => {
    const about = await deciding(request, reference);
    if (about) await (wish === "SKIP" ? lookBeforeRegain : lookBeforeRefund)(request, about);
  },
);

/**
 * Records the request, after a proof that its success can be stored, and counts it; the shop is not asked yet. Rejects
 * with RateLimited when there were too many.
 */
async function intend(request: CommandRequest, reference: OwnReference): Promise<RequestedRefund> {
  const { app } = request;
  let [isCounted, isNew] = [false, false];
  const work = async (tx: EntityManager) => {
    const intent = await record(tx, request, reference);
    if (!intent.isNew) return intent;
    if (!isCounted) count(request); // this may run again, after a lost race
    isCounted = true;
    await proveSuccess(tx, app, intent.refund);
    await faultPoint("intend:beforeCommit", intent.refund.orderNumber);
    return intent;
  };
  try {
    const intent = await orConflict(transactSurely(app.db, changeOf(request), work));
    ({ isNew } = intent);
    return intent;
  } finally {
    if (isCounted && !isNew) uncount(request);
  }
}

/** The result of a dry run; it also fails when the caller has reached the rate limit. */
async function tryOut(
  tx: EntityManager,
  request: CommandRequest,
  reference: OwnReference,
): Promise<RequestedRefund> {
  const foreseen = await foresee(tx, request, reference);
  if (!foreseen.isNew) return foreseen;
  count(request);
  uncount(request);
  return foreseen;
}

/** Counts a refund before the shop is asked for it, or throws RateLimited. */
function count({ app, actor, now }: CommandRequest): void {
  const limited = app.refundRate.take(actor, 1, now);
  if (limited) throw limited;
}

/** Removes a refund from the count because the shop has not been asked for it. */
function uncount({ app, actor, now }: CommandRequest): void {
  app.refundRate.giveBack(actor, now);
}

/** Asks the shop. When the outcome is unknown, waits for the sweep, for as long as a caller may be kept waiting. */
async function askAndWait(request: CommandRequest, refund: Refund): Promise<Refund> {
  const { app } = request;
  const { deadlineMs } = app.config.refund;
  const until = Date.now() + WAIT_IN_DEADLINES * deadlineMs;
  const asked = attempt(app, AWAITED_REFUNDS, changeOf(request), refund).catch((error: unknown) => {
    const about = { refund: refund.id };
    logFailure(app.log, error, about, "a refund could not be settled; the sweep will try again");
    return null;
  });
  let seen =
    (await Promise.race([asked, sleep(WAIT_IN_DEADLINES * deadlineMs, null, { ref: false })])) ?? refund;
  while (UNSETTLED_REFUND_STATES.includes(seen.state) && Date.now() < until) {
    await sleep(PAUSE_IN_DEADLINES * deadlineMs);
    seen = (await refundById(app.db, refund.id).catch(() => null)) ?? seen;
  }
  return seen;
}

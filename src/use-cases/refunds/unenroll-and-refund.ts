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
import { attempt } from "../attempts/attempt";
import { leave } from "../sessions/enrollment";
import { act, changeOf, commandInSteps, type CommandRequest } from "../command";
import type { OwnReference } from "../locked-entitlement";
import { orConflict } from "../races";
import { REFUNDS } from "./refund-outbox";
import { refusalOf } from "./refund-refusals";
import { foresee, proveSuccess, record, type RequestedRefund } from "./request-refund";
import { describe } from "../../log";

export interface UnenrollAndRefund extends OwnReference {
  /** Whether to ask for the money back, or only to leave the run. */
  refund: "REQUEST" | "SKIP";
}

/** How an entitlement stands, and the refund that was asked for; null when none was. */
export interface Unenrolled {
  entitlement: EntitlementFacts;
  refund: Refund | null;
}

/** In deadlines of the shop: how long a caller waits, and how often it looks. */
const PATIENCE = 1.6;
const LOOK = 0.05;

/**
 * Takes the learner out of the run and pays the order back: both or neither. While the shop has not said which, the
 * refund is returned as it is, to be looked at again; asking again returns it too.
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
);

/**
 * Records the wish, with proof that it can be settled, and counts it; the shop is not asked yet. Rejects with RateLimited
 * when there were too many.
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

/** What a dry run tells; a caller who has no refunds left for now learns it, too. */
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

/** Counts a refund that the shop is going to be asked for, or throws RateLimited. */
function count({ app, actor, now }: CommandRequest): void {
  const limited = app.refundRate.take(actor, 1, now);
  if (limited) throw limited;
}

/** Counts no longer what the shop has not been asked for after all. */
function uncount({ app, actor, now }: CommandRequest): void {
  app.refundRate.giveBack(actor, now);
}

/** Asks the shop, and waits for the sweep when that has left doubt, for as long as a caller may be kept waiting. */
async function askAndWait(request: CommandRequest, refund: Refund): Promise<Refund> {
  const { app } = request;
  const { deadlineMs } = app.config.refund;
  const until = Date.now() + PATIENCE * deadlineMs;
  const asked = attempt(app, REFUNDS, changeOf(request), refund).catch((error: unknown) => {
    app.log.error(
      { refund: refund.id, error: describe(error) },
      "a refund could not be settled; the sweep will",
    );
    return null;
  });
  let seen = (await Promise.race([asked, sleep(PATIENCE * deadlineMs, null, { ref: false })])) ?? refund;
  while (UNSETTLED_REFUND_STATES.includes(seen.state) && Date.now() < until) {
    await sleep(LOOK * deadlineMs);
    seen = (await refundById(app.db, refund.id).catch(() => null)) ?? seen;
  }
  return seen;
}

import { original } from "../original";
import { isRedeemableRow, newestFirst, type Row as PopulationRow } from "../original-finders";
import type { Population } from "../vectors";
import { ourFactsOf, refused, withEntitlement, type Situation } from "./situation";
import type { Outcome, Row } from "./state";

/** What one of our commands must do: the learner's side of a step, decided from the rows alone. */
export type Decision =
  | { kind: "enrolls"; alias: string; learner: string; run: string }
  | { kind: "leaves"; alias: string; learner: string; run: string }
  /** The refund of the order is requested, with the answer of the shop; the run is left, if there is one. */
  | { kind: "refunds"; alias: string; learner: string; run: string | null; isAccepted: boolean }
  /** The entitlement is already redeemed for the run. */
  | { kind: "is there" }
  /** The original does not look, or looks elsewhere; we refuse. */
  | { kind: "refuses" }
  /** There is nothing to do it with. */
  | { kind: "has nothing" }
  /** Nobody defines which of several created at one instant is taken. */
  | { kind: "may choose" };

/** How the original's refund fails. */
const SHOP_REFUSED = { error: "IntegrityError", errorCause: "raised-by-refund" };

/** What must come of a command that is part of a step, or null for another operation. */
export function decisionOf(situation: Situation): Decision | null {
  const { op } = situation;
  if (op.op === "enroll" && situation.state.entitlements[op.entitlement!])
    return enrolling(situation, op.entitlement!, op.run!);
  if (op.op === "checkAndEnroll") return enrollingIfEntitled(situation, op.user!, op.run!);
  if (op.op === "unenroll") return leaving(situation, op.user!, op.run!);
  if (op.op !== "expireThenRefund" || !situation.state.entitlements[op.entitlement!]) return null;
  return isRefundable(situation, op.entitlement!)
    ? refunding(situation, op.entitlement!)
    : { kind: "refuses" };
}

/** Whether an order can be refunded, which our rules allow once. */
function isRefundable(situation: Situation, alias: string): boolean {
  return original(ourFactsOf(situation, alias)).isRefundable === true && !situation.paidBack.has(alias);
}

function refunding({ op, state }: Situation, alias: string): Decision {
  const { user, enrollment } = state.entitlements[alias]!;
  const run = runOf(enrollment as string | null);
  return { kind: "refunds", alias, learner: user as string, run, isAccepted: op.refundSucceeds === true };
}

/** What a decision makes of our rows. */
export function outcomeOf(situation: Situation, decision: Decision): Outcome {
  const { op, at, state } = situation;
  const isEnrolling = op.op === "enroll" || op.op === "checkAndEnroll";
  if (decision.kind === "refunds" && !decision.isAccepted) return refused(situation, SHOP_REFUSED);
  if (decision.kind === "leaves" || decision.kind === "refunds") {
    const { alias, learner, run } = decision;
    const left: Row = { ...state.entitlements[alias], enrollment: null, modified: at };
    const row = decision.kind === "refunds" ? { ...left, expiredAt: at } : left;
    return written(situation, alias, row, null, run && `${learner}/${run}`, { isActive: false });
  }
  if (decision.kind !== "enrolls") {
    const asIs = decision.kind === "is there";
    const isRefused = decision.kind === "refuses";
    return refused(situation, isEnrolling ? asIs : isRefused ? { error: "Refusal" } : null);
  }
  if (op.enrollFails === "not_allowed" || op.enrollFails === "error_after_write")
    return refused(situation, false);
  if (op.enrollFails === "crash_after_write") return refused(situation, { error: "RuntimeError" });
  const { alias, learner, run } = decision;
  const before = state.entitlements[alias]!;
  const enrollment = `${learner}/${run}`;
  const row: Row = { ...before, enrollment, modified: at };
  const known = state.enrollments[enrollment] ?? { created: at };
  const outcome = written(situation, alias, row, true, enrollment, {
    ...known,
    isActive: true,
    mode: before["mode"],
  });
  const left = before["enrollment"] as string | null;
  if (left === null || left === enrollment) return outcome;
  const { enrollments } = outcome.state;
  return {
    ...outcome,
    state: {
      ...outcome.state,
      enrollments: { ...enrollments, [left]: { ...enrollments[left], isActive: false } },
    },
  };
}

function written(
  { op, state }: Situation,
  alias: string,
  row: Row,
  result: unknown,
  enrollment: string | null,
  changes: Row,
): Outcome {
  const enrolled =
    enrollment === null ? {} : { [enrollment]: { ...state.enrollments[enrollment], ...changes } };
  return {
    result,
    state: {
      ...withEntitlement(state, alias, row),
      enrollments: { ...state.enrollments, ...enrolled },
    },
    // The enroll button is the learner's own.
    history: {
      [alias]: [{ type: "~", by: op.op === "checkAndEnroll" ? op.user! : (op.actor ?? null), row }],
    },
    isPastKept: true,
  };
}

function enrolling(situation: Situation, alias: string, run: string): Decision {
  const { state } = situation;
  const row = state.entitlements[alias]!;
  const learner = row["user"] as string;
  const current = row["enrollment"] as string | null;
  if (current === `${learner}/${run}` && state.enrollments[current]!["isActive"]) return { kind: "is there" };
  const { isRegainable, isRedeemable, readExpiredAt } = original(ourFactsOf(situation, alias));
  const isAllowed =
    current === null ? isRedeemable === true && !readExpiredAt.becameSet : isRegainable === true;
  return isAllowed && canTake(situation, alias, learner, run)
    ? { kind: "enrolls", alias, learner, run }
    : { kind: "refuses" };
}

function enrollingIfEntitled(situation: Situation, learner: string, run: string): Decision {
  const { state, world } = situation;
  const enrollment = state.enrollments[`${learner}/${run}`];
  if (enrollment?.["isActive"] && holdersOf(situation, `${learner}/${run}`).length > 0)
    return { kind: "is there" };
  const population = populationOf(situation);
  const candidates = population.entitlements.filter(
    (row) =>
      row.user === learner && row.courseUuid === world.catalog[run] && isRedeemableRow(population, row),
  );
  const [newest] = newestFirst(candidates);
  if (!newest || !world.fulfillable[run]) return { kind: "has nothing" };
  if (newest.length > 1) return { kind: "may choose" };
  const alias = newest[0]!.id;
  return canTake(situation, alias, learner, run)
    ? { kind: "enrolls", alias, learner, run }
    : { kind: "refuses" };
}

function leaving(situation: Situation, learner: string, run: string): Decision {
  const holders = holdersOf(situation, `${learner}/${run}`);
  if (holders.length === 0) return { kind: "has nothing" };
  if (holders.length > 1) return { kind: "may choose" };
  const alias = holders[0]!;
  // In the original, ending an enrollment requests a refund where possible; with us the caller decides.
  if (!situation.op.skipRefund && isRefundable(situation, alias)) return refunding(situation, alias);
  return original(ourFactsOf(situation, alias)).isRegainable === true
    ? { kind: "leaves", alias, learner, run }
    : { kind: "refuses" };
}

/** The entitlements that are redeemed for an enrollment. */
export function holdersOf({ state }: Situation, enrollment: string): string[] {
  return Object.keys(state.entitlements).filter(
    (alias) => state.entitlements[alias]!["enrollment"] === enrollment,
  );
}

/** The modes that cost nothing: only an enrollment in one of them may be taken over. */
const FREE_MODES = new Set(["audit", "honor"]);

/** Whether the run is one of the entitlement's course and open, and the learner is not in it by other means. */
function canTake(situation: Situation, alias: string, learner: string, run: string): boolean {
  const { state, world } = situation;
  const row = state.entitlements[alias]!;
  const enrollment = state.enrollments[`${learner}/${run}`];
  const holders = holdersOf(situation, `${learner}/${run}`);
  const isOwn = holders.length === 1 && holders[0] === alias;
  const isFree = holders.length === 0 && FREE_MODES.has(String(enrollment?.["mode"]));
  const isHeld = enrollment?.["isActive"] === true && !isOwn && !isFree;
  return world.catalog[run] === row["courseUuid"] && world.fulfillable[run] === true && !isHeld;
}

/** Our rows as the finders of the original know a population. */
export function populationOf({ at, state, world }: Situation): Population {
  return {
    ...world,
    now: at,
    entitlements: Object.entries(state.entitlements).map(([id, row]) => ({
      ...(row as unknown as PopulationRow),
      id,
      enrolledRun: runOf(row["enrollment"] as string | null),
      enrolledAt: null,
    })),
  };
}

/** The run of an enrollment, as `u1/r1`. */
function runOf(enrollment: string | null): string | null {
  return enrollment === null ? null : enrollment.slice(enrollment.indexOf("/") + 1);
}

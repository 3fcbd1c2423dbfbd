import { original } from "../original";
import { fulfillableForRunDifferences } from "../differences";
import { newestFirst } from "../original-finders";
import { decisionOf, holdersOf, outcomeOf, populationOf, type Decision } from "./commands";
import {
  factsOf,
  firstSpentAt,
  ourFactsOf,
  withEntitlement,
  type ScenarioDifference,
  type Situation,
} from "./situation";
import type { Outcome } from "./state";

const COMMANDS = new Set(["enroll", "checkAndEnroll", "unenroll", "expireThenRefund"]);
/** The operations of the original that we have only as part of a command. */
const PARTS = new Set(["refund", "revokeFailsThenSave"]);
const READING = new Set(["ask", "readExpiredAt", "toDict"]);

/** Where the decision is of this kind, we do as our own decision says. */
const decidedAs = (test: (decision: Decision, situation: Situation) => boolean) => ({
  applies: (situation: Situation) => {
    const decision = decisionOf(situation);
    return decision !== null && test(decision, situation);
  },
  instead: (situation: Situation, recorded: Outcome): Outcome => {
    const outcome = outcomeOf(situation, decisionOf(situation)!);
    if (situation.op.transaction !== "raise-after" || isError(outcome.result)) return outcome;
    return { ...recorded, state: situation.state, history: {} };
  },
});

const isError = (result: unknown) => typeof result === "object" && result !== null && "error" in result;

export const commandDifferences: readonly ScenarioDifference[] = [
  {
    name: "refund-is-a-whole",
    reason: "An order is refunded only by a command that also leaves the run and expires the entitlement.",
    applies: ({ op }) => PARTS.has(op.op) || (op.steps ?? []).some(({ op }) => PARTS.has(op)),
  },
  {
    name: "one-command-one-transaction",
    reason: "A command is a transaction of its own and cannot be part of a caller's.",
    applies: ({ op }) => (op.steps ?? []).some(({ op }) => COMMANDS.has(op)),
  },
  {
    name: "unspecified-order",
    reason: "Among those created at the same instant, neither the original nor we say which one is taken.",
    applies: (situation) => decisionOf(situation)?.kind === "may choose" || isAskedForOneOfMany(situation),
  },
  {
    name: "same-session-is-kept",
    reason:
      "Choosing the run for which an entitlement is redeemed changes nothing; the original enrolls again.",
    ...decidedAs(({ kind }) => kind === "is there"),
  },
  {
    name: "redeeming-is-checked",
    reason:
      "An entitlement is redeemed only while it can be, on an open run of its course where the learner holds no place that it has not paid for, except a free one; the original does not look.",
    ...decidedAs(
      ({ kind }, { op }) => kind === "refuses" && (op.op === "enroll" || op.op === "checkAndEnroll"),
    ),
  },
  {
    name: "every-candidate-tried",
    reason:
      "The newest redeemable entitlement of the course is used; in the original an unusable newer one hides it.",
    ...decidedAs(
      (_, situation) =>
        situation.op.op === "checkAndEnroll" &&
        fulfillableForRunDifferences.some(({ applies }) =>
          applies({ population: populationOf(situation), user: situation.op.user!, run: situation.op.run! }),
        ),
    ),
  },
  {
    name: "learner-is-named",
    reason:
      "The enroll button is the learner's own, and history says so; the original's tests leave it anonymous.",
    ...decidedAs(
      ({ kind }, { op }) => kind === "enrolls" && op.op === "checkAndEnroll" && op.actor !== op.user,
    ),
  },
  {
    name: "nothing-half-done",
    reason:
      "When enrolling fails nothing has happened; the original keeps an enrollment that nobody is told of.",
    ...decidedAs(({ kind }, { op }) => kind === "enrolls" && op.enrollFails === "error_after_write"),
  },
  {
    name: "leaving-and-joining",
    reason:
      "Who leaves a run, or switches to another, is no longer enrolled in it; the original leaves that to its caller.",
    ...decidedAs((decision, { state }) => {
      if (decision.kind === "leaves") return true;
      if (decision.kind === "refunds") return decision.isAccepted && decision.run !== null;
      if (decision.kind !== "enrolls") return false;
      const [current, next] = [
        state.entitlements[decision.alias]!["enrollment"],
        `${decision.learner}/${decision.run}`,
      ];
      return current !== null || state.enrollments[next]?.["isActive"] === false;
    }),
  },
  {
    name: "leaving-needs-regain",
    reason:
      "A run is left only while the entitlement can be had back; the original lets go of it at any time.",
    ...decidedAs(({ kind }, { op }) => kind === "refuses" && op.op === "unenroll"),
  },
  {
    name: "link-needs-no-catalog",
    reason:
      "Leaving a run changes the entitlement that is redeemed for it; the original takes the newest of the run's course, if the catalog has it.",
    ...decidedAs(
      ({ kind }, situation) =>
        situation.op.op === "unenroll" &&
        (kind === "leaves" || kind === "refunds") &&
        !isFoundByOriginal(situation),
    ),
  },
  {
    name: "refundable-before-leaving",
    reason:
      "A refund follows isRefundable; the original leaves the run first, and then refunds what was not refundable.",
    ...decidedAs((decision, situation) => {
      const { op } = situation;
      if (op.op !== "unenroll" || op.skipRefund || decision.kind === "refunds") return false;
      const [holder] = holdersOf(situation, `${op.user}/${op.run}`);
      if (holder === undefined) return false;
      return original({ ...factsOf(situation, holder), enrollment: null }).isRefundable === true;
    }),
  },
  {
    name: "refund-is-checked",
    reason: "Only a refundable order is refunded; the original's refund checks nothing.",
    ...decidedAs(({ kind }, { op }) => kind === "refuses" && op.op === "expireThenRefund"),
  },
  {
    name: "one-change-one-entry",
    reason:
      "Leaving and refunding make one change of the row and one history entry; the original saves twice.",
    ...decidedAs((decision) => decision.kind === "refunds" && decision.isAccepted),
  },
  {
    name: "refund-fails-as-a-whole",
    reason:
      "When the shop refuses nothing has changed; the original without a transaction leaves the entitlement lost, and so it does where the caller catches the error.",
    ...decidedAs(
      (decision, { op }) =>
        decision.kind === "refunds" &&
        !decision.isAccepted &&
        op.transaction !== "atomic" &&
        op.transaction !== "raise-after",
    ),
  },
  {
    name: "paid-back-once",
    reason: "A refunded order is not refundable again, even when support renews the entitlement.",
    applies: ({ op, paidBack }) => op.op === "ask" && paidBack.has(op.entitlement!),
    instead: (_, recorded) => ({
      ...recorded,
      result: { ...(recorded.result as object), isRefundable: false },
    }),
  },
  {
    name: "regain-counts-from-redemption",
    reason:
      "The regain period runs from when the entitlement was first redeemed for the run; in the original from the first enrollment.",
    applies: (situation) => {
      const { op, state } = situation;
      const enrollment = state.entitlements[op.entitlement!]?.["enrollment"] as string | null | undefined;
      const created = enrollment ? (state.enrollments[enrollment]!["created"] as string | null) : null;
      return (
        READING.has(op.op) && created !== null && (firstSpentAt(situation, op.entitlement!) ?? "") > created
      );
    },
    instead: readAgain,
  },
  {
    name: "incomplete-facts",
    reason:
      "An unknown run, run start or enrollment date is left out of the regain period; the original raises.",
    applies: (situation) => {
      const { op, state } = situation;
      if (!READING.has(op.op) || !state.entitlements[op.entitlement!]) return false;
      const { enrollment } = factsOf(situation, op.entitlement!);
      return enrollment !== null && (!enrollment.courseOverview?.start || enrollment.created === null);
    },
    instead: readAgain,
  },
];

/** What reading an entitlement says and does by our facts. */
function readAgain(situation: Situation, recorded: Outcome): Outcome {
  const { op, at, state } = situation;
  const alias = op.entitlement!;
  const { storedOrderNumber: _, readExpiredAt, toDict, ...plain } = original(ourFactsOf(situation, alias));
  const result = { ask: plain, readExpiredAt: readExpiredAt.expiredAt, toDict: toDict.value }[op.op];
  const isWritten = op.op !== "ask" && readExpiredAt.becameSet && op.transaction !== "raise-after";
  const row = { ...state.entitlements[alias], expiredAt: at, modified: at };
  return {
    ...recorded,
    result: op.transaction === "raise-after" ? recorded.result : result,
    state: isWritten ? withEntitlement(state, alias, row) : state,
    history: isWritten ? { [alias]: [{ type: "~", by: op.actor ?? null, row }] } : {},
  };
}

/** Whether the newest active entitlement of the run's course is the one that is redeemed for the run. */
function isFoundByOriginal(situation: Situation): boolean {
  const { op, world } = situation;
  const newest = newestActive(situation, world.catalog[op.run!]);
  const [holder] = holdersOf(situation, `${op.user}/${op.run}`);
  return newest.length === 1 && newest[0] === holder;
}

/** Whether several newest active entitlements of a course were created at one instant. */
function isAskedForOneOfMany(situation: Situation): boolean {
  return situation.op.op === "find" && newestActive(situation, situation.op.courseUuid).length > 1;
}

function newestActive(situation: Situation, courseUuid: string | null | undefined): string[] {
  const active = populationOf(situation).entitlements.filter(
    (row) =>
      row.user === situation.op.user &&
      row.courseUuid === courseUuid &&
      !(row.expiredAt !== null && row.enrolledRun === null),
  );
  return (newestFirst(active)[0] ?? []).map(({ id }) => id);
}

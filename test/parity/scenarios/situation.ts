import type { PolicyInput, RecordedWorld } from "../vectors";
import type { Operation } from "./format";
import type { Entry, Outcome, Row, State } from "./state";

/** A step about to be taken, and how our database stands. */
export interface Situation {
  op: Operation;
  at: string;
  endedAt: string | undefined;
  state: State;
  /** The history of the scenario before the step. */
  past: readonly Entry[];
  world: RecordedWorld;
  /** Certificate statuses by learner and run, as `u1/r1`. */
  certificates: Readonly<Record<string, string>>;
  /** The instant at which each entitlement was first redeemed for an enrollment, by both. */
  spentAt: Readonly<Record<string, string>>;
  /** The entitlements whose order was refunded. */
  paidBack: ReadonlySet<string>;
}

/** Where a step of ours means to end otherwise, and how. */
export interface ScenarioDifference {
  name: string;
  reason: string;
  /** Looks at the operation and the rows there are, never at what was recorded of the step. */
  applies: (situation: Situation) => boolean;
  /** What we answer instead. Without it the step is not taken: the scenario is compared up to there. */
  instead?: (situation: Situation, recorded: Outcome) => Outcome;
}

/** The entitlement that an operation names. */
export function entitlementOf({ op, state }: Situation): Row {
  return state.entitlements[op.entitlement!]!;
}

/** A state with another row for an entitlement. */
export function withEntitlement(state: State, alias: string, row: Row): State {
  return { ...state, entitlements: { ...state.entitlements, [alias]: row } };
}

/** An operation that is told to go away: nothing has changed. */
export function refused({ state }: Situation, result: unknown): Outcome {
  return { result, state, history: {}, isPastKept: true };
}

/** What the original's rules look at of an entitlement in our state. */
export function factsOf({ state, world, certificates, at }: Situation, alias: string): PolicyInput {
  const row = state.entitlements[alias]!;
  const enrollment = row["enrollment"] as string | null;
  const run = world.runs.find((known) => enrollment?.endsWith(`/${known.run}`));
  return {
    now: at,
    entitlement: {
      ...(row as unknown as Omit<PolicyInput["entitlement"], "orderNumberWrittenBy">),
      orderNumberWrittenBy: "sql",
    },
    policy: row["policy"] === null ? null : world.policies[row["policy"] as string]!,
    enrollment:
      enrollment === null
        ? null
        : {
            created: state.enrollments[enrollment]!["created"] as string | null,
            isActive: state.enrollments[enrollment]!["isActive"] as boolean,
            courseOverview: run ? { start: run.start } : null,
            certificateStatus: certificates[enrollment] ?? null,
          },
  };
}

/** The instant at which an entitlement was first redeemed for the run that it is redeemed for now, if it is known. */
export function firstSpentAt({ state, spentAt }: Situation, alias: string): string | null {
  return spentAt[`${alias} ${String(state.entitlements[alias]?.["enrollment"])}`] ?? null;
}

/** The same, as our rules mean to look at them: an entitlement is regained from when it was first redeemed for the run. */
export function ourFactsOf(situation: Situation, alias: string): PolicyInput {
  const facts = factsOf(situation, alias);
  const { enrollment, entitlement } = facts;
  if (!enrollment) return facts;
  const known = [enrollment.created, firstSpentAt(situation, alias)].filter((instant) => instant !== null);
  const start = enrollment.courseOverview?.start ?? entitlement.created;
  const created = known.toSorted().at(-1) ?? entitlement.created;
  return { ...facts, enrollment: { ...enrollment, created, courseOverview: { start } } };
}

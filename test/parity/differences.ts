import {
  candidatesForRun,
  isDue,
  isRedeemableRow,
  isSpent,
  newestFirst,
  type Asked,
  type Row,
} from "./original-finders";
import type { PolicyInput } from "./vectors";

/**
 * The cases in which we differ from the original on purpose, and the expected answer: that of the original for the
 * input `asIf`. So a difference is never skipped, but compared with an answer that does not come from our rules.
 */
export interface Difference<Input> {
  name: string;
  reason: string;
  /** Looks at the input only, never at what was recorded or at ids. */
  applies: (input: Input) => boolean;
  asIf: (input: Input) => Input;
}

/** The rules that touch an input, and the input whose original answer is ours. */
export function asIfFor<Input>(differences: readonly Difference<Input>[], input: Input) {
  const touching = differences.filter(({ applies }) => applies(input));
  return {
    rules: touching.map(({ name }) => name),
    asIf: touching.reduce((changed, difference) => difference.asIf(changed), input),
  };
}

export const policyDifferences: readonly Difference<PolicyInput>[] = [
  {
    name: "empty-order-number",
    reason:
      "An order number is null or non-empty, whatever wrote it; the original lets SQL store '' and calls it an order.",
    applies: ({ entitlement }) =>
      entitlement.orderNumberWrittenBy === "sql" && entitlement.orderNumber === "",
    asIf: (input) => ({ ...input, entitlement: { ...input.entitlement, orderNumberWrittenBy: "save" } }),
  },
  {
    name: "incomplete-facts",
    reason:
      "An unknown run, run start or enrollment date is left out of the regain period; the original raises.",
    applies: ({ enrollment }) =>
      enrollment !== null && (!enrollment.courseOverview?.start || enrollment.created === null),
    // The latest of the known instants counts, and the entitlement's own creation is always known.
    asIf: (input) => ({
      ...input,
      enrollment: input.enrollment && {
        ...input.enrollment,
        created: input.enrollment.created ?? input.entitlement.created,
        courseOverview: { start: input.enrollment.courseOverview?.start ?? input.entitlement.created },
      },
    }),
  },
];

const isUnusable = (row: Row) => row.expiredAt !== null || row.enrolledRun !== null;

const without = ({ population, ...asked }: Asked, isLeftOut: (row: Row) => boolean): Asked => ({
  ...asked,
  population: { ...population, entitlements: population.entitlements.filter((row) => !isLeftOut(row)) },
});

/** What is due of the entitlements that are asked about. */
const dueIsExpired = (asIf: Difference<Asked>["asIf"]): Difference<Asked> => ({
  name: "due-is-expired",
  reason:
    "What is due counts as expired in every list, as in the fields; the original lists it until it is read.",
  applies: ({ population, user }) =>
    population.entitlements.some((row) => row.user === user && isDue(population, row)),
  asIf,
});

export const scopeDifferences: readonly Difference<Asked>[] = [
  dueIsExpired(({ population, ...asked }) => {
    const entitlements = population.entitlements.map((row) =>
      isDue(population, row) ? { ...row, expiredAt: population.now } : row,
    );
    return { ...asked, population: { ...population, entitlements } };
  }),
];

export const fulfillableDifferences: readonly Difference<Asked>[] = [
  dueIsExpired((asked) => without(asked, (row) => isDue(asked.population, row))),
  {
    name: "fulfillable-as-documented",
    reason:
      "Fulfillable is what is neither expired nor redeemed; the original's code lists what is not both.",
    applies: ({ population, user }) =>
      population.entitlements.some((row) => row.user === user && isUnusable(row) && !isSpent(row)),
    asIf: (asked) => without(asked, isUnusable),
  },
];

export const fulfillableForRunDifferences: readonly Difference<Asked>[] = [
  {
    name: "every-candidate-tried",
    reason:
      "The newest redeemable entitlement of the course is used; in the original an unusable newer one hides it.",
    applies: (asked) => {
      const candidates = candidatesForRun(asked);
      const isGood = (row: Row) => isRedeemableRow(asked.population, row);
      return candidates.some(isGood) && !newestFirst(candidates)[0]!.every(isGood);
    },
    asIf: (asked) => without(asked, (row) => !isRedeemableRow(asked.population, row)),
  },
];

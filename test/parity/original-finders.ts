import { isExpiredByReading, isRedeemable } from "./original";
import type { Population } from "./vectors";

/** A row of a population. */
export type Row = Population["entitlements"][number];

/** A learner of a population, and the run they ask for. */
export interface Asked {
  population: Population;
  user: string;
  run?: string;
  courseUuid?: string;
}

/** Expired and redeemed: the only rows that the original's "fulfillable" leaves out. */
export function isSpent({ expiredAt, enrolledRun }: Row): boolean {
  return expiredAt !== null && enrolledRun !== null;
}

/** Can this row be redeemed for a run by the rules of the original? */
export function isRedeemableRow({ now, policies }: Population, row: Row): boolean {
  const policy = row.policy === null ? null : policies[row.policy]!;
  return isRedeemable({ now, policy, entitlement: row, enrollment: row.enrolledRun });
}

/**
 * Has a row expired, as the original's rules have it, though nothing is stored yet? What is not known of its run is
 * left out.
 */
export function isDue(population: Population, row: Row): boolean {
  const { now, policies, runs } = population;
  const { created, enrolledRun, enrolledAt } = row;
  if (row.expiredAt !== null) return false;
  if (enrolledRun === null) return !isRedeemableRow(population, row);
  const start = runs.find(({ run }) => run === enrolledRun)?.start ?? created;
  const enrollment = {
    created: enrolledAt ?? created,
    isActive: true,
    courseOverview: { start },
    certificateStatus: null,
  };
  const policy = row.policy === null ? null : policies[row.policy]!;
  return isExpiredByReading({ now, policy, entitlement: row, enrollment });
}

/** The original's unexpired entitlements of a learner, sorted by id. */
export function originalUnexpired({ population, user }: Asked): string[] {
  const rows = population.entitlements.filter((row) => row.user === user && row.expiredAt === null);
  return rows.map(({ id }) => id).toSorted();
}

/** The original's active entitlements of a learner, sorted by id. */
export function originalActive({ population, user }: Asked): string[] {
  const rows = population.entitlements.filter((row) => row.user === user && isActive(row));
  return rows.map(({ id }) => id).toSorted();
}

/** The newest of the original's active entitlements of a learner for a course: any of those created at one instant. */
export function originalIfActive({ population, user, courseUuid }: Asked): (string | null)[] {
  const rows = population.entitlements.filter(
    (row) => row.user === user && row.courseUuid === courseUuid && isActive(row),
  );
  return newestFirst(rows)[0]?.map(({ id }) => id) ?? [null];
}

function isActive({ expiredAt, enrolledRun }: Row): boolean {
  return expiredAt === null || enrolledRun !== null;
}

/** The original's fulfillable entitlements of a learner: newest first, those created at one instant together. */
export function originalFulfillable({ population, user }: Asked): string[][] {
  const rows = population.entitlements.filter((row) => row.user === user && !isSpent(row));
  return newestFirst(rows).map((tied) => tied.map(({ id }) => id).sort());
}

/** All that the original may answer for a learner and a run: it looks at one of the newest rows, then at its rules. */
export function originalForRun(asked: Asked): (string | null)[] {
  const { population, run } = asked;
  const [newest] = newestFirst(candidatesForRun(asked));
  if (!newest) return [null];
  const isFulfillable = population.fulfillable[run!] === true;
  return newest.map((row) => (isFulfillable && isRedeemableRow(population, row) ? row.id : null));
}

/** The rows of the run's course that the original takes the newest of. */
export function candidatesForRun({ population, user, run }: Asked): Row[] {
  return population.entitlements.filter(
    (row) => row.user === user && row.courseUuid === population.catalog[run!] && !isSpent(row),
  );
}

/** Rows by creation, newest first, those created at one instant together. */
export function newestFirst(rows: readonly Row[]): Row[][] {
  const instants = [...new Set(rows.map(({ created }) => Date.parse(created)))].sort((a, b) => b - a);
  return instants.map((instant) => rows.filter(({ created }) => Date.parse(created) === instant));
}

import { Check, Column, type ValueTransformer } from "typeorm";

/** A day in milliseconds, as the rules have it too: what everything is built on imports nothing. */
const DAY_MS = 86_400_000;

/** An instant in whole milliseconds, the precision of a JavaScript date, so that cursors and history agree exactly. */
export function InstantColumn(options: { nullable?: boolean } = {}): PropertyDecorator {
  return Column({ type: "timestamptz", precision: 3, ...options });
}

/**
 * Says of an entity that its instants lie in the years 1 to 9999. The constraint is made by `bound_instants(table)` of
 * the migrations, for all instants of the table.
 */
export function InstantsCheck(table: string): ClassDecorator {
  return Check(`${table}_instants_check`, "made by bound_instants()");
}

/** A length of time: milliseconds here, an `interval` of days and seconds in the database. Its default is whole days. */
export function DurationColumn(options: { name: string; defaultMs: number }): PropertyDecorator {
  const { name, defaultMs } = options;
  return Column({ type: "interval", name, default: `${defaultMs / DAY_MS} days`, transformer: duration });
}

/** The parts in which PostgreSQL hands out an interval without months and years. */
interface IntervalParts {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  milliseconds?: number;
}

const duration: ValueTransformer = {
  to: (ms: number | undefined) =>
    ms === undefined ? undefined : `${Math.trunc(ms / DAY_MS)} days ${ms % DAY_MS} milliseconds`,
  from: ({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: IntervalParts) =>
    (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + Math.round(milliseconds),
};

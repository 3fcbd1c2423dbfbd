import type { Parameter } from "../statement";

/** A condition of a filter: what it compares with, and its SQL with the parameter that holds that. */
export type Condition = readonly [value: unknown, sql: (parameter: string) => string];

/** SQL that holds when each condition whose value is given holds; null and undefined count as not given. */
export function allOf(conditions: readonly Condition[], parameter: Parameter): string {
  const given = conditions.filter(([value]) => value !== undefined && value !== null);
  return ["true", ...given.map(([value, sql]) => sql(parameter(value)))].join(" and ");
}

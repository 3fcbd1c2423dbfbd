import { select, type Database } from "../store/statement";

/** How much waits for another system in one state, and how old the oldest of it is. */
export interface WaitingGauge {
  state: string;
  count: number;
  /** Its age in seconds. */
  oldestSeconds: number;
}

/** What waits, by state, for metrics. `rows` is what follows `from`: a table or a subselect, with conditions. */
export function waitingGauges(
  db: Database,
  rows: string,
  values: readonly unknown[] = [],
): Promise<WaitingGauge[]> {
  return select<WaitingGauge>(
    db,
    `select state, count(*)::int as count,
       extract(epoch from clock_timestamp() - min(created_at))::float8 as "oldestSeconds"
     from ${rows} group by state`,
    values,
  );
}

import type { Report } from "../../moving/import/report";

/** A report in lines: what became of the rows of each table, and then why, for each reason. */
export function linesOf({ tables, reasons }: Report, seconds: number): string[] {
  const read = tables.reduce((sum, table) => sum + table.read, 0);
  const counts = tables.map(({ table, read: count, rows }) => {
    const outcomes = Object.entries(rows).map(([outcome, number]) => `${number} ${outcome}`);
    return `  ${table}: ${count} read${outcomes.length > 0 ? `, ${outcomes.join(", ")}` : ""}`;
  });
  const why = reasons.map(
    ({ table, outcome, reason, count }) => `  ${table}: ${count} ${outcome}: ${reason}`,
  );
  return [
    `${read} rows in ${seconds.toFixed(1)} s, ${Math.round(read / seconds).toLocaleString("en")} rows/s`,
    ...counts,
    why.length > 0 ? "Not stored as they were read:" : "Every row was stored as it was read.",
    ...why,
  ];
}

/** What has changed by a report, for the end of a line; empty when nothing has. */
export function changesIn({ tables, reasons }: Report): string {
  const changed = tables.flatMap(({ table, rows }) =>
    Object.entries(rows).flatMap(([outcome, count]) =>
      outcome === "same" || outcome === "told again" ? [] : `; ${table}: ${count} ${outcome}`,
    ),
  );
  const why = reasons.map(
    ({ table, outcome, reason, count }) => `; ${table}: ${count} ${outcome}: ${reason}`,
  );
  return [...changed, ...why].join("");
}

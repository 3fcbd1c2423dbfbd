import { METRICS_TOKEN } from "./servers";

/** How many operations a server has executed so far, by how. */
export interface Executions {
  compiled: number;
  interpreted: number;
}

/** Asks a server's metrics. */
export async function executionsOf(port: number): Promise<Executions> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text();
  const count = (how: string) =>
    Number(new RegExp(`^graphql_executions_total\\{how="${how}"\\} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
  return { compiled: count("compiled"), interpreted: count("interpreted") };
}

/** Which form was measured: the share of compiled operations between two counts. */
export function formMeasured(before: Executions, after: Executions): string {
  const compiled = after.compiled - before.compiled;
  const all = compiled + after.interpreted - before.interpreted;
  return `${all} operations, ${((100 * compiled) / all).toFixed(1)} % of them compiled`;
}

import { useRef, useState } from "react";
import { useClient, type Client, type CombinedError } from "urql";
import { faultOf } from "../../api/faults";
import type { BulkFoundFragment, EntitlementFilter } from "../../gql/graphql";
import { t } from "../../words/words";
import type { Deed } from "./deeds";
import { BulkFind } from "./documents";
import { BATCH, inParts, openRows, readGiven, rowsFor, type Outcome, type Row } from "./rows";

/** How far the work is: the form is open, a dry run or the work goes on, or it has ended. */
type Phase = "form" | "trying" | "tried" | "working" | "done";

/** What the screen shows of the work. */
export interface Bulk {
  phase: Phase;
  rows: readonly Row[];
  /** How many of how many have been asked for. */
  progress: { done: number; total: number };
  /** Why it has ended early; null where it has not. */
  fault: CombinedError | null;
  /** Whether the server has asked for a pause. */
  isPausing: boolean;
  /** Looks for what was pasted, and tries what would come of it. */
  rehearse: (text: string, deed: Deed, input: object) => Promise<void>;
  /** Does it for all that the dry run allows. */
  work: (deed: Deed, input: object) => Promise<void>;
  /** Does again what has not been answered, has failed or was not reached. */
  again: (deed: Deed, input: object) => Promise<void>;
  /** Ends the work after the part that is being done. */
  stop: () => void;
  /** Goes back to the form. */
  back: () => void;
}

const STARTED = { done: 0, total: 0 };

/** The work on many entitlements, part by part, so that it can be watched and stopped. */
export function useBulk(): Bulk {
  const client = useClient();
  const [phase, setPhase] = useState<Phase>("form");
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [progress, setProgress] = useState(STARTED);
  const [fault, setFault] = useState<CombinedError | null>(null);
  const [isPausing, setPausing] = useState(false);
  const run = useRef({ isStopped: false });

  /** Sends the rows part by part, and returns all rows with what came of these. */
  const send = async (all: readonly Row[], chosen: readonly Row[], deed: Deed, input: object) => {
    const own = (run.current = { isStopped: false });
    let known = all;
    setFault(null);
    setProgress({ done: 0, total: chosen.length });
    for (const part of inParts(chosen, BATCH)) {
      if (own.isStopped) break;
      const asked = await ask(client, deed, { ...input, entitlementIds: part.map(idOf) }, async (seconds) => {
        setPausing(true);
        await pause(seconds, own);
        setPausing(false);
        return !own.isStopped;
      });
      if (asked === null) break;
      const told = new Map(asked.outcomes.map((each) => [each.id, each]));
      known = known.map((row) => {
        const news = row.found && part.includes(row) ? told.get(row.found.id) : undefined;
        return news ? { ...row, ...news } : row;
      });
      setRows(known);
      setProgress(({ done, total }) => ({ done: done + part.length, total }));
      if (asked.error) {
        setFault(asked.error);
        break;
      }
    }
    return { rows: known, isStopped: own.isStopped };
  };
  const work = async (chosen: (all: readonly Row[]) => Row[], deed: Deed, input: object) => {
    setPhase("working");
    const fresh = new Set(chosen(rows));
    const waiting = rows.map((row): Row =>
      fresh.has(row) ? { ...row, outcome: "WAITING", after: null, why: null } : row,
    );
    setRows(waiting);
    await send(waiting, openRows(waiting), deed, input);
    setPhase("done");
  };
  return {
    phase,
    rows,
    progress,
    fault,
    isPausing,
    rehearse: async (text, deed, input) => {
      setPhase("trying");
      setRows([]);
      setFault(null);
      setProgress(STARTED);
      const { all, ids, orders } = readGiven(text);
      const found = await find(client, ids, orders);
      if ("error" in found) {
        setFault(found.error);
        return setPhase("form");
      }
      const made = rowsFor(all, found.found);
      setRows(made);
      const tried = await send(made, openRows(made), deed, { ...input, dryRun: true });
      setPhase(tried.isStopped ? "form" : "tried");
    },
    work: (deed, input) => work((all) => all.filter(({ outcome }) => outcome === "CHANGED"), deed, input),
    again: (deed, input) => work(openRows, deed, input),
    stop: () => {
      run.current.isStopped = true;
    },
    back: () => {
      setFault(null);
      setPhase("form");
    },
  };
}

const idOf = ({ found }: Row) => found!.id;

/** The entitlements with ids or of orders. */
async function find(
  client: Client,
  ids: readonly string[],
  orders: readonly string[],
): Promise<{ found: BulkFoundFragment[] } | { error: CombinedError }> {
  const found: BulkFoundFragment[] = [];
  const filters: EntitlementFilter[] = [
    ...inParts(ids, 100).map((part) => ({ ids: part })),
    ...inParts(orders, 100).map((part) => ({ orderNumbers: part })),
  ];
  for (const filter of filters) {
    let after: string | null | undefined = null;
    do {
      const { data, error }: Awaited<ReturnType<typeof page>> = await page(client, filter, after);
      if (error) return { error };
      found.push(...(data?.entitlements?.edges ?? []).map(({ node }) => node));
      after = data?.entitlements?.pageInfo.hasNextPage ? data.entitlements.pageInfo.endCursor : null;
    } while (after);
  }
  return { found };
}

const page = (client: Client, filter: EntitlementFilter, after: string | null | undefined) =>
  client.query(BulkFind, { filter, after }, { requestPolicy: "network-only" }).toPromise();

interface Asked {
  outcomes: ({ id: string } & Pick<Row, "outcome" | "after" | "why">)[];
  /** Why there is no answer, after which the work ends. */
  error: CombinedError | null;
}

/** Asks for one part; null when it was stopped while the server had asked for a pause. */
async function ask(
  client: Client,
  { document }: Deed,
  input: { entitlementIds: string[] },
  mayGoOn: (seconds: number) => Promise<boolean>,
): Promise<Asked | null> {
  const { data, error } = await client.mutation(document, { input });
  const seconds = error?.graphQLErrors[0]?.extensions["retryAfterSeconds"];
  if (typeof seconds === "number")
    return (await mayGoOn(seconds)) ? ask(client, { document } as Deed, input, mayGoOn) : null;
  const same = (outcome: Outcome, why: string) =>
    input.entitlementIds.map((id) => ({ id, outcome, after: null, why }));
  if (error) {
    const fault = faultOf(error);
    const isUnknown = fault.kind === "offline" || fault.kind === "failed";
    return {
      outcomes: same(isUnknown ? "NO_ANSWER" : "FAILED", fault.message ?? t(`answer.${fault.kind}`)),
      error,
    };
  }
  const [refused] = data?.done?.userErrors ?? [];
  if (refused) return { outcomes: same("REFUSED", refused.message), error: null };
  const results = data?.done?.results ?? [];
  return {
    outcomes: results.map(({ id, outcome, entitlement, error: why }) => ({
      id,
      outcome: outcome === "REVOKED" ? "CHANGED" : (outcome as Outcome),
      after: entitlement?.state ?? null,
      why: why?.message ?? null,
    })),
    error: null,
  };
}

/** Waits so many seconds, or until the work is stopped. */
async function pause(seconds: number, run: { isStopped: boolean }): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  while (Date.now() < end && !run.isStopped) await new Promise((resolve) => setTimeout(resolve, 200));
}

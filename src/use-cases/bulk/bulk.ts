import type { EntityManager } from "typeorm";
import type { Who } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { findEntitlements, type EntitlementCriteria } from "../../reads/entitlement-search";
import { Refusal, type RefusalCode } from "../../refusal";
import { isAway } from "../../store/unavailable";
import { firstRows } from "../../store/rows/page";
import { logFailure } from "../log-failure";
import { act, commandInSteps, type Before, type Command, type CommandRequest } from "../command";

/** The greatest number of objects of a bulk command. */
export const BULK_AT_MOST = 1_000;

/**
 * How long a bulk command works, in milliseconds. The objects that it has not reached by then are left to the next call
 * of the same command.
 */
const WORKS_FOR_MS = 20_000;

/** The entitlements of a bulk command: by their ids, or all that a filter finds. */
export interface Selection {
  entitlementIds?: readonly string[] | null;
  filter?: EntitlementCriteria | null;
  /** The number of entitlements that the caller expects the filter to find. A dry run does not need it. */
  expectedCount?: number | null;
}

/**
 * The outcome for one object of a bulk command: changed (in a dry run: it would be changed); already as requested;
 * refused by a rule; failed because of an error of the server; or not reached in time, or because the database is away. For
 * the last two, the same command can be given again.
 */
export type BulkOutcome = "CHANGED" | "UNCHANGED" | "REFUSED" | "FAILED" | "NOT_REACHED";

/** The result for one object of a bulk command. */
export interface Done {
  facts: EntitlementFacts;
  isChanged: boolean;
}

/** The outcome for one object of a bulk command. */
export interface BulkResult<Result extends Done = Done> {
  outcome: BulkOutcome;
  /** Null when it was refused, failed or not reached. */
  done: Result | null;
  refusal: Refusal | null;
}

/** The outcome for one of the selected entitlements. */
export interface BulkItem extends BulkResult {
  entitlementId: string;
}

/**
 * Declares a command that makes the same change to each of many entitlements, each in its own transaction, so that one
 * failure does not stop the others. Returns one outcome for each id, in order. A refusal with one of the codes in
 * `doneBy` means that an entitlement is already as requested, so the same command can continue where the last one has
 * ended. Before the transaction of each, `before` asks other systems for what it decides over; it may refuse.
 */
export function bulkCommand<Input extends { entitlementId: string }>(
  name: string,
  who: Who,
  work: (tx: EntityManager, request: CommandRequest, input: Input) => Promise<Done>,
  { doneBy, before = async () => {} }: { doneBy?: readonly RefusalCode[]; before?: Before<Input> } = {},
): Command<Selection & Omit<Input, "entitlementId">, BulkItem[]> {
  return commandInSteps(name, who, async (request, input: Selection & Omit<Input, "entitlementId">) => {
    const { entitlementIds, filter, expectedCount, ...given } = input;
    const ids = await idsOf(request, { entitlementIds, filter, expectedCount });
    const workOn = async (each: CommandRequest, entitlementId: string) => {
      const one = { ...given, entitlementId } as unknown as Input;
      if (!each.rehearsal) await before(each, one);
      return act(each, (tx) => work(tx, each, one));
    };
    const results = await inBulk(request, ids, workOn, { keyOf: (id) => id.toLowerCase(), doneBy });
    return ids.map((entitlementId, i) => ({ entitlementId, ...results[i]! }));
  });
}

/** How the items of a bulk command are told apart, and which refusals say that one is already as requested. */
interface BulkOptions<Item> {
  /** What an item names, in the form in which it is stored: two spellings of one object are one item. */
  keyOf: (item: Item) => string;
  doneBy?: readonly RefusalCode[] | undefined;
}

/**
 * Works on each item, in a transaction of its own. An item that was changed is unchanged when it comes again, in a dry run too.
 * The sweep makes the calls to the LMS, which takes its time.
 */
export async function inBulk<Item, Result extends Done>(
  given: CommandRequest,
  items: readonly Item[],
  work: (request: CommandRequest, item: Item) => Promise<Result>,
  { keyOf, doneBy = [] }: BulkOptions<Item>,
): Promise<BulkResult<Result>[]> {
  const request = { ...given, calls: null };
  const until = Date.now() + WORKS_FOR_MS;
  const changed = new Map<string, BulkResult<Result>>();
  const results: BulkResult<Result>[] = [];
  let isOver = false;
  for (const item of items) {
    const key = keyOf(item);
    const earlier = changed.get(key);
    if (earlier) results.push({ ...earlier, outcome: "UNCHANGED" });
    else if (isOver || Date.now() > until)
      results.push({ outcome: "NOT_REACHED", done: null, refusal: null });
    else {
      const result = await one(request, () => work(request, item), doneBy);
      if (result.outcome === "CHANGED") changed.set(key, result);
      isOver = result.outcome === "NOT_REACHED";
      results.push(result);
    }
  }
  return results;
}

async function one<Result extends Done>(
  request: CommandRequest,
  work: () => Promise<Result>,
  doneBy: readonly RefusalCode[],
): Promise<BulkResult<Result>> {
  try {
    const done = await work();
    return { outcome: done.isChanged ? "CHANGED" : "UNCHANGED", done, refusal: null };
  } catch (error) {
    if (error instanceof Refusal) {
      const outcome = doneBy.includes(error.code) ? "UNCHANGED" : "REFUSED";
      return { outcome, done: null, refusal: error };
    }
    const { requestId, command, app } = request;
    logFailure(app.log, error, { requestId, command }, "a bulk command failed for one object");
    return { outcome: isAway(error) ? "NOT_REACHED" : "FAILED", done: null, refusal: null };
  }
}

async function idsOf(request: CommandRequest, selection: Selection): Promise<readonly string[]> {
  const { entitlementIds, filter, expectedCount } = selection;
  if (entitlementIds) return entitlementIds;
  const order = { field: "CREATED_AT", direction: "ASC" } as const;
  const { app, now } = request;
  const time = { now, defaultPeriods: app.config.defaultPeriods };
  const all = firstRows(BULK_AT_MOST);
  const { rows, hasMore } = await findEntitlements(app.db, filter ?? {}, order, all, time);
  if (hasMore)
    throw unconfirmed(`The filter finds more than ${BULK_AT_MOST} entitlements. Add conditions to it.`);
  if (!request.rehearsal && expectedCount !== rows.length)
    throw unconfirmed(
      `The filter finds ${rows.length} entitlements, which \`expectedCount\` does not confirm. Those that an earlier request has changed may no longer be among them: make a dry run, and confirm the number that it tells.`,
    );
  return rows.map(({ id }) => id);
}

function unconfirmed(message: string): Refusal {
  return new Refusal("COUNT_NOT_CONFIRMED", message, { field: "expectedCount" });
}

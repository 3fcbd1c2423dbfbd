import type { HttpAnswer } from "../http-client";
import type { RefundOutcome } from "./refund-gateway";

/** Statuses of answers that are sent before the request is processed. */
const NOT_PROCESSED = new Set([401, 403, 404, 405]);
const REFUSED = new Set([400, 422]);

/** Commerce-coordinator stores the UUID of an entitlement with the line of its order, and says this until it has. */
const NO_LINE = "Line item does not exist.";
/** How long after an entitlement was created its line may not be there yet, in milliseconds. */
const LINE_ARRIVES_MS = 10 * 60_000;

/** What an answer of commerce-coordinator means for an entitlement of an age in milliseconds. */
export function outcomeOf({ status, text }: HttpAnswer, ageMs: number): RefundOutcome {
  if (status === 200 || status === 201) return { kind: "accepted", refs: referencesIn(text) };
  if (status === 400 && text.includes(NO_LINE)) {
    if (ageMs < LINE_ARRIVES_MS) return { kind: "notYet", cause: "the order has no line of the entitlement" };
    return { kind: "refused", code: "NO_LINE", isForAll: true };
  }
  if (REFUSED.has(status)) return { kind: "refused", code: `HTTP_${status}` };
  if (NOT_PROCESSED.has(status)) return { kind: "notSent", cause: `HTTP ${status}` };
  return { kind: "unknown", cause: `HTTP ${status}` };
}

/** The ids of a JSON array; commerce-coordinator gives none. */
function referencesIn(body: string): string[] {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value.map(String).slice(0, 20) : [];
  } catch {
    return [];
  }
}

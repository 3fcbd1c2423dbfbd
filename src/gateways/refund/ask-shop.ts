import { HttpFailure, type HttpAnswer, type HttpClient, type HttpRequest } from "../http-client";
import type { RefundOutcome } from "./refund-gateway";

/** Asks a shop over HTTP, and says what came of it: `outcomeOf` knows what its answers mean. Never rejects. */
export async function askShop(
  send: HttpClient,
  request: HttpRequest,
  outcomeOf: (answer: HttpAnswer) => RefundOutcome,
): Promise<RefundOutcome> {
  let answer: HttpAnswer;
  try {
    answer = await send(request);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return { kind: error.mayBeSent ? "unknown" : "notSent", cause: error.word };
  }
  return outcomeOf(answer);
}

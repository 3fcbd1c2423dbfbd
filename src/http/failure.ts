import type { ServerResponse } from "node:http";
import type { Logger } from "pino";
import { KeysUnavailable } from "../auth/fetched-keys";
import { InvalidToken } from "../auth/verify-token";
import { INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE } from "../engine/error-codes";
import { describe } from "../log";
import { BadRequest } from "./body";
import { Overloaded } from "./in-flight";
import { sendError } from "./respond";

/** Answers a request whose route has failed. What is not the client's fault and not expected goes to the log. */
export async function sendFailure(
  response: ServerResponse,
  error: unknown,
  requestId: string,
  log: Logger,
): Promise<void> {
  if (response.headersSent) response.destroy();
  else if (error instanceof BadRequest) {
    if (error.allow) response.setHeader("allow", error.allow);
    await sendError(response, error.status, error.code, error.message);
  } else if (error instanceof Overloaded || error instanceof KeysUnavailable) {
    response.setHeader("retry-after", "1");
    await sendError(response, 503, SERVICE_UNAVAILABLE, error.message);
  } else if (error instanceof InvalidToken) {
    response.setHeader("www-authenticate", "JWT");
    await sendError(response, 401, "UNAUTHENTICATED", error.message);
  } else {
    log.error({ requestId, error: describe(error) }, "unexpected");
    await sendError(response, 500, INTERNAL_SERVER_ERROR, "Something went wrong on our side.");
  }
}

import type { ServerResponse } from "node:http";
import type { Logger } from "pino";
import { KeysUnavailable } from "../auth/fetched-keys";
import { Denied } from "../auth/denial";
import { InvalidToken } from "../auth/verify-token";
import { INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE } from "../engine/error-codes";
import { clientRequestId, describe } from "../log";
import { isUnavailable, unavailability } from "../store/unavailable";
import { BadRequest } from "./body";
import { Overloaded } from "./in-flight";
import { sendError } from "./respond";

/**
 * Answers a request whose route has failed, in the form in which `send` answers errors. Unexpected errors that the client
 * has not caused are logged.
 */
export async function sendFailure(
  response: ServerResponse,
  error: unknown,
  requestId: string,
  log: Logger,
  send = sendError,
): Promise<void> {
  if (response.headersSent) response.destroy();
  else if (error instanceof BadRequest) {
    if (error.allow) response.setHeader("allow", error.allow);
    await send(response, error.status, error.code, error.message);
  } else if (error instanceof Denied) {
    const { code, message } = error.denial;
    if (code === "UNAUTHENTICATED") response.setHeader("www-authenticate", "JWT");
    await send(response, code === "UNAUTHENTICATED" ? 401 : 403, code, message);
  } else if (error instanceof Overloaded || error instanceof KeysUnavailable || isUnavailable(error)) {
    const isOurWord = error instanceof Overloaded || error instanceof KeysUnavailable;
    response.setHeader("retry-after", "1");
    await send(response, 503, SERVICE_UNAVAILABLE, isOurWord ? error.message : unavailability(error));
  } else if (error instanceof InvalidToken) {
    response.setHeader("www-authenticate", "JWT");
    await send(response, 401, "UNAUTHENTICATED", error.message);
  } else {
    const clientId = clientRequestId(response.req.headers["x-request-id"]);
    log.error({ requestId, clientRequestId: clientId, error: describe(error) }, "unexpected");
    await send(response, 500, INTERNAL_SERVER_ERROR, "An internal error has occurred.");
  }
}

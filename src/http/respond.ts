import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { compress } from "./compression/compress";

/**
 * A new id by which a request is found in the log. It is kept with each change in history, so it is as short as chance
 * allows: 96 bits of it.
 */
export function newRequestId(): string {
  return randomBytes(12).toString("base64url");
}

/** The address without its query. */
export function pathOf({ url = "/" }: IncomingMessage): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}

/**
 * Ends an answer. Where the request has a body that nobody reads, the connection ends too: else whatever is sent would
 * be taken and dropped for as long as a request may last.
 */
export function finish(response: ServerResponse, body: string | Buffer = ""): void {
  const { headers, complete, readableFlowing } = response.req;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  if (hasBody && !complete && !readableFlowing) response.setHeader("connection", "close");
  response.end(body);
}

/** Answers with a text and ends. */
export async function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
): Promise<void> {
  response.statusCode = status;
  response.setHeader("content-type", type);
  response.setHeader("cache-control", "no-store");
  finish(response, await compress(response, text));
}

/** Answers with a JSON value and ends. */
export function sendJson(response: ServerResponse, status: number, value: unknown): Promise<void> {
  return sendText(response, status, "application/json; charset=utf-8", `${JSON.stringify(value)}\n`);
}

/** Answers that there is nothing at the address. */
export function sendNotFound(response: ServerResponse): Promise<void> {
  return sendError(response, 404, "NOT_FOUND", "There is nothing at this address.");
}

/** Answers with an error in the form that GraphQL clients read, for requests that GraphQL does not see. */
export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): Promise<void> {
  return sendJson(response, status, { errors: [{ message, extensions: { code } }] });
}

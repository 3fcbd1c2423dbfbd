import { channel } from "node:diagnostics_channel";
import { guardedRequest, type MayReach } from "./guarded/guarded-request";
import { NETWORK_FAULTS } from "../network-faults";

/** The most that an answer may have, in bytes, where a client allows no more. */
export const ANSWER_BYTES_AT_MOST = 65_536;

/** A call to another system that has ended, as it is published on `OUTSIDE_CALLS`. */
export interface OutsideCall {
  /** The name of the client, such as `shop`. */
  to: string;
  /** The status of the answer, such as `200`, or the word of the failure. */
  outcome: string;
  /** From the request to the end of the answer, in milliseconds. */
  ms: number;
}

/** Publishes an `OutsideCall` for each call that has ended, for metrics. */
export const OUTSIDE_CALLS = channel("course-entitlements:outside-calls");

/**
 * Returns the value of the header Authorization. `rejected` is a value that the other system has rejected: it is
 * replaced, unless that has been done since. Rejects when no value is available.
 */
export type Authorization = (rejected?: string) => Promise<string>;

/** How to reach another system. */
export interface HttpClientOptions {
  /** The name of the other system in metrics. */
  to: string;
  /** How long a call may take, its token and the end of its answer included, in milliseconds. */
  deadlineMs: number;
  /** The credentials to use there; none when absent. */
  authorization?: Authorization;
  /** The most that an answer may have, in bytes; `ANSWER_BYTES_AT_MOST` by default. */
  bytesAtMost?: number;
  /** To which addresses a connection may be made, where others name the host; to all when absent. */
  mayReach?: MayReach | undefined;
}

/** One request to another system. */
export interface HttpRequest {
  /** The HTTP method; GET by default. */
  method?: "GET" | "POST";
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | URLSearchParams;
  /** The id under which our log knows what the request belongs to. */
  requestId?: string | null | undefined;
  /** When the answer must have come, by `performance.now()`; by default, when the deadline of the client is over. */
  endsAt?: number;
}

/** A whole answer, whatever its status; a redirect is not followed. */
export interface HttpAnswer {
  /** The HTTP status. */
  status: number;
  /** The body. */
  text: string;
  /** For how long the other system wants no more requests, in milliseconds; absent when it does not say. */
  retryAfterMs?: number;
}

/** There was no whole answer in time. */
export class HttpFailure extends Error {
  constructor(
    /** The cause in one word, such as `ECONNREFUSED`. */
    readonly word: string,
    /** Whether the other system may have received the request. */
    readonly mayBeSent: boolean,
    options?: ErrorOptions,
  ) {
    super(word, options);
  }
}

/** Sends one request. Rejects with HttpFailure. */
export type HttpClient = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Makes the client for one other system. A rejected token is renewed once, and the request, which has not been
 * processed then, is sent once more.
 */
export function httpClient(options: HttpClientOptions): HttpClient {
  const { to, deadlineMs, authorization } = options;
  const attempt = async (request: HttpRequest): Promise<HttpAnswer> => {
    const leftMs = request.endsAt === undefined ? deadlineMs : request.endsAt - performance.now();
    const signal = AbortSignal.timeout(Math.max(0, Math.ceil(leftMs)));
    const token = await tokenBefore(signal, authorization?.());
    const answer = await send(request, token, signal, options);
    if (answer.status !== 401 || token === undefined) return answer;
    const renewed = await tokenBefore(signal, authorization!(token)).catch(() => token);
    return renewed === token ? answer : send(request, renewed, signal, options);
  };
  return async (request) => {
    const start = performance.now();
    const published = (outcome: string) =>
      OUTSIDE_CALLS.publish({ to, outcome, ms: performance.now() - start } satisfies OutsideCall);
    try {
      const answer = await attempt(request);
      published(String(answer.status));
      return answer;
    } catch (error) {
      published((error as HttpFailure).word);
      throw error;
    }
  };
}

async function send(
  { method = "GET", url, headers, body, requestId }: HttpRequest,
  token: string | undefined,
  signal: AbortSignal,
  { mayReach, bytesAtMost = ANSWER_BYTES_AT_MOST }: HttpClientOptions,
): Promise<HttpAnswer> {
  if (signal.aborted) throw new HttpFailure("TimeoutError", false);
  const sent = {
    ...headers,
    ...(requestId && { "x-request-id": requestId }),
    ...(token !== undefined && { authorization: token }),
  };
  const init = { method, headers: sent, ...(body !== undefined && { body }), redirect: "manual" } as const;
  let isRequest = false;
  try {
    isRequest = !!new Request(url, init); // throws for an address with a password, and for a header with a line break
    if (mayReach) {
      const request = { method, headers: sent, signal };
      const response = await guardedRequest(url, request, String(body ?? ""), mayReach);
      return { status: response.statusCode!, text: await textOf(response, bytesAtMost) };
    }
    const response = await fetch(url, { ...init, signal }); // which is that of the body too
    const text = await textOf(response.body ?? [], bytesAtMost);
    return { status: response.status, text, ...pauseIn(response.headers.get("retry-after")) };
  } catch (error) {
    const word = signal.aborted ? "TimeoutError" : isRequest ? wordOf(error) : "BAD_REQUEST";
    throw new HttpFailure(word, isRequest && !NETWORK_FAULTS[word]?.isNeverConnected, { cause: error });
  }
}

/** Reads an answer to its end: a connection that is lost half-way is a failure, and so is an answer without end. */
async function textOf(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytesAtMost: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Leaving the loop ends the download.
    if (length > bytesAtMost) throw new HttpFailure("TOO_LARGE", true);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Reads the header Retry-After: seconds, or an instant. */
function pauseIn(header: string | null): Pick<HttpAnswer, "retryAfterMs"> {
  if (!header) return {};
  const ms = /^\d+$/.test(header) ? 1_000 * Number(header) : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}

/** Others may have asked for the same token earlier or later: each waits for it as long as its own deadline says. */
async function tokenBefore(
  signal: AbortSignal,
  token: Promise<string> | undefined,
): Promise<string | undefined> {
  if (!token) return undefined;
  const end = new AbortController();
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(new HttpFailure("TimeoutError", false));
    if (signal.aborted) late();
    else signal.addEventListener("abort", late, { signal: end.signal });
  });
  try {
    return await Promise.race([token, timeout]);
  } catch (error) {
    throw new HttpFailure(`NO_TOKEN:${wordOf(error)}`, false, { cause: error });
  } finally {
    end.abort();
  }
}

/** Why something failed, in one word: the code of a failure, or else its name. */
export function wordOf(error: unknown): string {
  if (error instanceof HttpFailure) return error.word;
  const { cause, code, name } = error as {
    cause?: { code?: string; message?: string };
    code?: unknown;
    name?: string;
  };
  if (cause?.message === "bad port") return "BAD_PORT"; // fetch has no code for it
  // A DOMException, such as that of a time-out, has a number for a code.
  return (cause?.code ?? (typeof code === "string" ? code : name) ?? "unknown").slice(0, 100);
}

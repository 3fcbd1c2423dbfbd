import type { App } from "../app";
import type { Actor } from "../auth/actor";
import type { Call } from "../use-cases/command";

/** A request for an address below `/api/`, independent of the transport. */
export interface RestAsked {
  /** The HTTP method, in capitals. */
  method: string;
  /** The address below the prefix, without its query. */
  path: string;
  parameters: URLSearchParams;
  /** The whole address as the client knows it, without its query: links to other pages begin with it. */
  address: string;
  /** What the body holds. It is read only for callers who may send one. Throws where it cannot be read. */
  body: () => unknown;
  /** Null when the request carries no token. */
  actor: Actor | null;
  requestId: string;
}

/** A request whose actor may make it, for the entitlement that its address names. It is the call of the commands it gives. */
export interface RestRequest extends Call, Pick<RestAsked, "parameters" | "address"> {
  actor: Actor;
  /** The UUID in the address; empty where the address names no entitlement. */
  entitlementId: string;
  /** What the body holds, by name; empty without a body. */
  fields: Readonly<Record<string, unknown>>;
}

/** An answer in the form of the original. */
export interface RestAnswer {
  /** The HTTP status. */
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** What is sent as JSON; undefined for an empty body. */
  body?: unknown;
}

/**
 * Answers a request as the original would, the faults of the client included; rejects with every fault of ours.
 */
export type RestApi = (app: App) => (asked: RestAsked) => Promise<RestAnswer>;

/** An answer that ends the work on a request. */
export class RestFault extends Error {
  constructor(readonly answer: RestAnswer) {
    super(`answered with ${answer.status}`);
  }
}

/** The answer to a fault that no field of the request has caused, as the original words it. */
export function detail(status: number, text: string, headers: RestAnswer["headers"] = {}): RestAnswer {
  return { status, headers, body: { detail: text } };
}

/** The answer instead of one that is too long, which only lists can be. */
export function tooLong(atMost: number): RestAnswer {
  return detail(400, `The answer has more than the ${atMost} bytes allowed. Ask for a smaller page_size.`);
}

/** The answer to a caller who has reached a rate limit, as the original words it. */
export function throttled(seconds: number): RestAnswer {
  const text = `Request was throttled. Expected available in ${seconds} seconds.`;
  return detail(429, text, { "retry-after": String(seconds) });
}

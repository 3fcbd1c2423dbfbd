import type { IncomingHttpHeaders } from "node:http";
import type { FakeUser, World } from "../world/world";
import type { Throttle } from "./throttle";

/** One request, read and authenticated. */
export interface Call {
  world: World;
  /** The URL with the host that was asked, for links to other pages. */
  url: URL;
  /** The parts of the path that the route names. */
  parts: string[];
  headers: IncomingHttpHeaders;
  /** The body. */
  text: string;
  /** Who asks; null without a token. */
  caller: FakeUser | null;
}

/** An answer; without a body it is empty. */
export interface Reply {
  status: number;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** What a system answers at one place. */
export interface Route {
  method: "GET" | "POST";
  /** The whole path, decoded; its groups are the parts. */
  path: RegExp;
  /** Who may ask: anyone, everyone with a token, or staff. */
  needs: "nothing" | "token" | "staff";
  throttle?: Throttle;
  /** The field that tells why there is no answer; views of the LMS differ. */
  errorField?: "detail" | "developer_message";
  /** Answers; throws an Answered where a check in its middle answers. */
  answer(call: Call): Reply | Promise<Reply>;
}

/** Ends the work on a request with an answer. */
export class Answered extends Error {
  constructor(readonly reply: Reply) {
    super(`answered with ${reply.status}`);
  }
}

/** The fields of a body of JSON. Throws Answered as Django REST framework does. */
export function fieldsOf({ text }: Call): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (value && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Answered below.
  }
  throw new Answered({ status: 400, body: { detail: "JSON parse error" } });
}

/** An instant as Django REST framework writes it: six digits, or none. */
export function instant(at: Date | null): string | null {
  return (
    at?.toISOString().replace(/\.(\d{3})Z$/, (_, ms: string) => (ms === "000" ? "Z" : `.${ms}000Z`)) ?? null
  );
}

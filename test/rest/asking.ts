import type { Actor } from "../../src/auth/actor";
import { courseUuid } from "../../src/demo/catalog";
import { actor } from "../support/demo-app";
import { authorization, type TestServer } from "../support/http";

/** An entitlement as the API shows it. */
export interface Shown {
  uuid: string;
  user: string;
  course_uuid: string;
  enrollment_course_run?: string;
  expired_at: string | null;
  refund_locked: boolean;
  support_details: { action: string; comments: string | null }[];
}

/** A page of the list. */
export interface Listed {
  next: string | null;
  previous: string | null;
  count: number;
  num_pages: number;
  current_page: number;
  start: number;
  results: Shown[];
}

/** An answer of the API. */
export interface RestAnswered<Body> {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

/** Asks the entitlements API of a server, or another one, as an account or without a token. */
export function asRest({ url }: Pick<TestServer, "url">, api = "/api/entitlements/v1/") {
  return async <Body = Record<string, unknown>>(
    asking: Actor | null,
    address: string,
    {
      body,
      headers,
      ...init
    }: Omit<RequestInit, "body" | "headers"> & { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<RestAnswered<Body>> => {
    const response = await fetch(`${url}${api}${address}`, {
      ...init,
      headers: {
        ...(asking && { authorization: await authorization(asking) }),
        ...(typeof body === "object" && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers: answered } = response;
    return { status, headers: answered, text, body: (text ? JSON.parse(text) : undefined) as Body };
  };
}

export const hopper = actor("hopper", { isStaff: true });
export const shop = actor("shop", { isService: true });

/** The UUID of an example of the demo world, by its place in the table, which begins with 1. */
export const example = (place: number) => `e0000000-0000-4000-8000-${String(place).padStart(12, "0")}`;

let ordered = 0;

/** The order of a learner for a course of their own, as commerce-coordinator and ecommerce send it. */
export const newOrder = () => ({
  user: "bob",
  mode: "verified",
  course_uuid: courseUuid(19),
  order_number: `REST-${++ordered}`,
  email_opt_in: false,
});

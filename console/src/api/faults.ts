import type { CombinedError } from "urql";

/** Why there is no answer, as far as the reader can do something about it. */
export interface Fault {
  kind: "signedOut" | "refused" | "untold" | "offline" | "tooOld" | "busy" | "failed";
  /** What the server says; null where nothing has come from it. */
  message: string | null;
  /** By what the failure is found in the server's log; null where the server has not answered. */
  requestId: string | null;
}

const KINDS: Record<string, Fault["kind"]> = {
  UNAUTHENTICATED: "signedOut",
  FORBIDDEN: "refused",
  FIELD_HAS_NO_PAST: "untold",
  // The server does not know what this console asks for: one of them is older than the other.
  GRAPHQL_VALIDATION_FAILED: "tooOld",
  UNTRUSTED_DOCUMENT: "tooOld",
  RATE_LIMITED: "busy",
  SERVICE_UNAVAILABLE: "busy",
};

/** What an error of the client means. */
export function faultOf({ graphQLErrors, networkError, response }: CombinedError): Fault {
  const [first] = graphQLErrors;
  const { status, headers } = (response ?? {}) as Partial<Response>;
  const requestId = headers?.get("x-request-id") ?? null;
  if (first) {
    const kind = KINDS[String(first.extensions["code"])] ?? "failed";
    return { kind, message: first.message, requestId };
  }
  if (status === 401) return { kind: "signedOut", message: null, requestId };
  return { kind: networkError && !status ? "offline" : "failed", message: null, requestId };
}

/** Whether an answer is not whole because something of the instant was not recorded yet. */
export const isUntold = (error: CombinedError | undefined): boolean =>
  error !== undefined && faultOf(error).kind === "untold";

import { CombinedError } from "urql";
import { deployment } from "./deployment";
import { session } from "./session";

/** By what the server knows the reader, and the language of the page. */
export const asReader = (): { headers: Record<string, string>; credentials: RequestCredentials } => ({
  headers: { ...session.headers, "accept-language": document.documentElement.lang },
  credentials: new URL(deployment.api).origin === location.origin ? "same-origin" : "include",
});

/** Asks for an address of the server beside that of GraphQL, such as `events`. The token is never in the address. */
export function ask(path: string, signal: AbortSignal, more?: Record<string, string>): Promise<Response> {
  const { headers, credentials } = asReader();
  const init = { headers: { ...headers, ...more }, credentials, signal, cache: "no-store" } as const;
  return fetch(new URL(path, deployment.api), init);
}

/** Why the server has refused, as the client for GraphQL tells it. */
export async function refusalOf(response: Response): Promise<CombinedError> {
  const { errors = [] } = (await response.json().catch(() => ({}))) as { errors?: { message: string }[] };
  return new CombinedError({ graphQLErrors: errors, networkError: new Error(response.statusText), response });
}

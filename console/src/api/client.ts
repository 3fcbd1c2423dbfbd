import {
  cacheExchange,
  Client,
  fetchExchange,
  mapExchange,
  type Operation,
  type TypedDocumentNode,
} from "urql";
import { asReader } from "./ask";
import { deployment } from "./deployment";
import { faultOf } from "./faults";

/** Names a document by the id that the generator gave it. */
function byId(operation: Operation): Operation {
  const { __meta__: meta } = operation.query as TypedDocumentNode & { __meta__?: { hash: string } };
  if (!meta) return operation;
  const persistedQuery = { version: 1, sha256Hash: meta.hash } as const;
  return { ...operation, extensions: { ...operation.extensions, persistedQuery } };
}

/** The client for this deployment. `signedOut` is called when the server no longer knows the reader. */
export function clientOf(signedOut: () => void): Client {
  const { api: url, documents } = deployment;
  return new Client({
    url,
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    exchanges: [
      ...(documents === "ids" ? [mapExchange({ onOperation: byId })] : []),
      cacheExchange,
      mapExchange({ onError: (error) => faultOf(error).kind === "signedOut" && signedOut() }),
      fetchExchange,
    ],
    fetchOptions: asReader,
  });
}

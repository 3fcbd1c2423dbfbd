import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, specifiedRules, stripIgnoredCharacters, validate, type GraphQLSchema } from "graphql";
import { z } from "zod";
import { ConfigError } from "../config";
import { operationTypeRule } from "./documents/operation-types";

/** A request with a document that is not in the manifest. */
export class UntrustedDocument extends Error {
  readonly code = "UNTRUSTED_DOCUMENT";
  constructor() {
    super("This server answers only the documents that it knows.");
  }
}

/** The ways in which common clients name the document of a request. */
const asking = z.object({
  query: z.string().nullish(),
  documentId: z.string().nullish(),
  extensions: z
    .object({ persistedQuery: z.object({ sha256Hash: z.string() }).nullish() })
    .nullish()
    .catch(null),
});

/** Documents by id: from the manifest of Apollo's tools, or from the map of GraphQL Code Generator. */
const manifest = z.union([
  z
    .object({
      format: z.literal("apollo-persisted-query-manifest"),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => new Map(operations.map(({ id, body }) => [id, body]))),
  z.record(z.string(), z.string()).transform((documents) => new Map(Object.entries(documents))),
]);

/** A request as it was sent: in the body when there is one, otherwise in the query part of the address. */
export interface Sent {
  /** The query string of the request's address. */
  search: string;
  body: unknown;
}

/** Writes into a request the trusted document that it names by id or by text. Throws UntrustedDocument. */
export type Trust = (sent: Sent) => Sent;

/** The documents of the console, which its build puts there; seen from the compiled file. */
const CONSOLE_DOCUMENTS = join(__dirname, "../../console/documents.json");

/**
 * Reads the documents that this server answers, and no others: those of a manifest, and those of the console where it is
 * served. Throws ConfigError when the file is not a manifest or holds a document that the schema does not answer.
 */
export function trustedDocuments(path: string, schema: GraphQLSchema, withConsole: boolean): Trust {
  const byId = readManifest(path);
  if (byId.size === 0) throw new ConfigError("TRUSTED_DOCUMENTS: holds no document");
  if (withConsole) {
    if (!existsSync(CONSOLE_DOCUMENTS))
      throw new ConfigError(
        "TRUSTED_DOCUMENTS: the console is not built. Run npm run build, or set CONSOLE=off",
      );
    for (const [id, text] of readManifest(CONSOLE_DOCUMENTS)) byId.set(id, text);
  }
  const texts = new Set<string>();
  for (const [id, text] of byId) {
    const fault = faultOf(schema, text);
    if (fault !== undefined) throw new ConfigError(`TRUSTED_DOCUMENTS: document ${id}: ${fault}`);
    texts.add(stripIgnoredCharacters(text));
  }
  function documentOf(request: unknown): string {
    const { query, documentId, extensions } = asking.safeParse(request).data ?? {};
    const id = documentId ?? extensions?.persistedQuery?.sha256Hash;
    const text = typeof query === "string" ? trustedText(texts, query) : byId.get(id ?? "");
    if (text === undefined) throw new UntrustedDocument();
    return text;
  }
  return ({ search, body }) =>
    body === undefined
      ? { search: withDocument(search, documentOf(askedBy(search))), body }
      : { search, body: { ...body, query: documentOf(body), extensions: {} } };
}

/** The parameters of a GET request in the shape of the body of a POST request. */
function askedBy(search: string): unknown {
  const { extensions, ...given } = Object.fromEntries(new URLSearchParams(search));
  try {
    return { ...given, extensions: JSON.parse(extensions ?? "null") as unknown };
  } catch {
    return given;
  }
}

function withDocument(search: string, document: string): string {
  const parameters = new URLSearchParams(search);
  parameters.set("query", document);
  parameters.delete("extensions");
  return `?${parameters.toString()}`;
}

function readManifest(path: string): Map<string, string> {
  try {
    return manifest.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    const { code } = error as { code?: string };
    const fault = code ? `cannot be read (${code})` : "is not a manifest of persisted documents";
    throw new ConfigError(`TRUSTED_DOCUMENTS: ${fault}`);
  }
}

function faultOf(schema: GraphQLSchema, text: string): string | undefined {
  try {
    return validate(schema, parse(text), [...specifiedRules, operationTypeRule])[0]?.message;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The text if it is one of the trusted texts, whatever blanks, commas and comments it has. */
function trustedText(texts: ReadonlySet<string>, query: string): string | undefined {
  try {
    return texts.has(stripIgnoredCharacters(query)) ? query : undefined;
  } catch {
    return undefined;
  }
}

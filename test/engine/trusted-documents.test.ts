import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ada, useDemoApp } from "../support/demo-app";
import { authorization, PRODUCTION, send, serve, type TestServer } from "../support/http";

const VIEWER = "query Viewer { viewer { username } }";
const FIRST = "query First($first: Int!) { viewer { entitlements(first: $first) { totalCount } } }";
const idOf = (document: string) => createHash("sha256").update(document).digest("hex");
const APOLLO = {
  format: "apollo-persisted-query-manifest",
  version: 1,
  operations: [VIEWER, FIRST].map((body) => ({ id: idOf(body), name: "Any", type: "query", body })),
};
const CODEGEN = Object.fromEntries([VIEWER, FIRST].map((document) => [idOf(document), document]));

const dir = mkdtempSync(join(tmpdir(), "course-entitlements-documents-"));
let files = 0;
function fileOf(content: unknown): string {
  const path = join(dir, `${files++}.json`);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app, { ...PRODUCTION, TRUSTED_DOCUMENTS: fileOf(APOLLO) });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

async function post(body: unknown, { url } = server) {
  const headers = { "content-type": "application/json", authorization: await authorization(ada) };
  return send(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function get(parameters: Record<string, string>) {
  const headers = { "apollo-require-preflight": "true", authorization: await authorization(ada) };
  return send(`${server.url}/graphql?${new URLSearchParams(parameters).toString()}`, { headers });
}

const persisted = (document: string) => ({ persistedQuery: { version: 1, sha256Hash: idOf(document) } });
const ADA = { status: 200, body: { data: { viewer: { username: "ada" } } } };
const UNTRUSTED = { status: 400, body: { errors: [{ extensions: { code: "UNTRUSTED_DOCUMENT" } }] } };

test("a trusted document is answered, by its id or by its text", async () => {
  expect(await post({ extensions: persisted(VIEWER) })).toMatchObject(ADA);
  expect(await post({ documentId: idOf(VIEWER) })).toMatchObject(ADA);
  expect(await post({ query: VIEWER })).toMatchObject(ADA);
  expect(await post({ query: "#\nquery Viewer{viewer{,username}}" })).toMatchObject(ADA);
  expect(await get({ documentId: idOf(VIEWER) })).toMatchObject(ADA);
  expect(await get({ query: VIEWER })).toMatchObject(ADA);
  expect(await get({ extensions: JSON.stringify(persisted(VIEWER)) })).toMatchObject(ADA);
});

test("a trusted document takes variables", async () => {
  const { body } = await post({ extensions: persisted(FIRST), variables: { first: 1 } });
  expect(body.data).toMatchObject({ viewer: { entitlements: { totalCount: expect.any(Number) as number } } });
  const refused = await post({ extensions: persisted(FIRST), variables: { first: 1_000 } });
  expect(refused.body.errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
});

test.each<[string, unknown]>([
  ["a text that is not known", { query: "{ viewer { username } }" }],
  ["an unknown text under a known id", { query: "{ viewer { id } }", extensions: persisted(VIEWER) }],
  ["an id that is not known", { extensions: persisted("{ viewer { id } }") }],
  ["no document at all", {}],
  ["a text that is no document", { query: "{" }],
  ["an empty text", { query: "" }],
  ["an id that every object has", { documentId: "constructor" }],
  ["a list of requests", [{ query: VIEWER }]],
  ["a body that is not an object", 5],
  ["the schema", { query: "{ __schema { types { name } } }" }],
])("%s is refused", async (_, body) => {
  expect(await post(body)).toMatchObject(UNTRUSTED);
});

test("the map of GraphQL Code Generator is accepted too", async () => {
  const other = await serve(app, { ...PRODUCTION, TRUSTED_DOCUMENTS: fileOf(CODEGEN) });
  try {
    expect(await post({ documentId: idOf(VIEWER) }, other)).toMatchObject(ADA);
    expect(await post({ query: "{ viewer { id } }" }, other)).toMatchObject(UNTRUSTED);
  } finally {
    await other.stop();
  }
});

test.each<[string, () => string, string]>([
  ["is not there", () => join(dir, "none.json"), "TRUSTED_DOCUMENTS: cannot be read (ENOENT)"],
  ["is empty", () => fileOf({}), "TRUSTED_DOCUMENTS: holds no document"],
  ["is not JSON", () => fileOf("{"), "TRUSTED_DOCUMENTS: is not a manifest of persisted documents"],
  [
    "is something else",
    () => fileOf([VIEWER]),
    "TRUSTED_DOCUMENTS: is not a manifest of persisted documents",
  ],
  [
    "asks for an unknown field",
    () => fileOf({ x: "{ viewer { nose } }" }),
    'TRUSTED_DOCUMENTS: document x: Cannot query field "nose" on type "User".',
  ],
  ["has a fault of syntax", () => fileOf({ x: "{" }), "TRUSTED_DOCUMENTS: document x: Syntax Error: "],
])("a server does not start with a file that %s", async (_, path, fault) => {
  await expect(serve(app, { TRUSTED_DOCUMENTS: path() })).rejects.toThrow(fault);
});

import { request, type IncomingHttpHeaders } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { courseUuid } from "../../src/demo/catalog";
import { acceptedCoding } from "../../src/http/compression/accepted";
import { ada, grace, useDemoApp } from "../support/demo-app";
import { authorization, serve, type TestServer } from "../support/http";

/** The smallest number of bytes of an answer that is compressed. */
const COMPRESSED_FROM = 1_024;
const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

const LONG =
  "{ viewer { entitlements(first: 30, scope: ALL) { edges { node { id state mode orderNumber } } } } }";

/** Sends a request with a client that does not decompress. */
async function bytesOf(encoding: string | undefined, query = LONG, asking = ada) {
  const headers = {
    "content-type": "application/json",
    authorization: await authorization(asking),
    ...(encoding !== undefined && { "accept-encoding": encoding }),
  };
  return new Promise<{ headers: IncomingHttpHeaders; bytes: Buffer }>((resolve, reject) => {
    const asked = request(`${server.url}/graphql`, { method: "POST", headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, bytes: Buffer.concat(chunks) }));
      response.on("error", reject);
    });
    asked.on("error", reject).end(JSON.stringify({ query }));
  });
}

test.each([
  ["gzip", gunzipSync],
  ["br", brotliDecompressSync],
] as const)(
  "a long answer is sent as %s to a client that accepts it, with the same content",
  async (coding, decode) => {
    const plain = await bytesOf(undefined);
    const packed = await bytesOf(coding);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(packed.headers["content-encoding"]).toBe(coding);
    for (const { headers } of [plain, packed]) expect(headers.vary).toMatch(/\baccept-encoding\b/);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
    expect(Number(packed.headers["content-length"])).toBe(packed.bytes.length);
    expect(decode(packed.bytes).toString()).toBe(plain.bytes.toString());
  },
);

test("many simultaneous answers are correct, whether or not a thread is free to compress them", async () => {
  const plain = await bytesOf(undefined);
  const packed = await Promise.all(Array.from({ length: 12 }, () => bytesOf("gzip")));
  for (const { headers, bytes } of packed)
    expect((headers["content-encoding"] ? gunzipSync(bytes) : bytes).toString()).toBe(plain.bytes.toString());
});

test("a short answer is sent as it is", async () => {
  const { headers, bytes } = await bytesOf("br, gzip", "{ viewer { id } }");
  expect(bytes.length).toBeLessThan(COMPRESSED_FROM);
  expect(headers["content-encoding"]).toBeUndefined();
});

test("the answer of a mutation is never compressed, neither here nor by a proxy", async () => {
  const query = `mutation { grantEntitlement(input: { username: "ada", courseUuid: "${courseUuid(19)}", mode: "verified",
    comments: "${"x".repeat(1_900)}", dryRun: true }) { preview { changes { field to } } userErrors { message } } }`;
  const { headers, bytes } = await bytesOf("br, gzip", query, grace);
  expect(headers["content-encoding"]).toBeUndefined();
  expect(headers["cache-control"]).toBe("no-store, no-transform");
  expect(bytes.length).toBeGreaterThan(COMPRESSED_FROM);
});

test.each([
  [undefined, null],
  ["", null],
  ["deflate, zstd", null],
  ["gzip", "gzip"],
  ["GZIP", "gzip"],
  ["gzip, deflate, br", "br"],
  ["br;q=0.5, gzip;q=0.8", "gzip"],
  ["br;q=0, gzip;q=0", null],
  ["*", "br"],
  ["br;q=0, *", "gzip"],
  ["gzip;q=0.5, identity", null],
  ["gzip ; Q=0.5 , *;q=0", "gzip"],
  ["gzip;q=nonsense", null],
  ["gzip;q=7", null],
])("a client with Accept-Encoding: %s gets %s", (header, coding) => {
  expect(acceptedCoding(header)).toBe(coding);
});

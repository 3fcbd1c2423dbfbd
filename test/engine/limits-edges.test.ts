import { LIMITS } from "../../src/engine/documents/limits";
import { grace, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app, { COST_PER_MINUTE: "100000000" });
});
afterAll(() => server.stop());

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(" ");

/** Fields that lead from each to the next, as deep as one likes. */
const CIRCLE = ["user", "entitlements(first: 1)", "edges", "node"];
const nested = (depth: number) => {
  const fields = ["viewer", ...Array.from({ length: depth - 2 }, (_, i) => CIRCLE[(i + 1) % CIRCLE.length])];
  return `{ ${fields.join(" { ")} { __typename ${"}".repeat(fields.length + 1)}`;
};
const page = (name: string, first: number, inner = "id") =>
  first > 0 ? `${name}: entitlements(first: ${first}) { edges { node { ${inner} } } }` : "";
const LISTS = "sessions { id } course { runs { id } }";

const FIELDS =
  `id courseUuid mode orderNumber isRefundLocked createdAt modifiedAt expiredAt expiryCause redeemedAt
  renewedAt isExpired state daysSinceCreated daysUntilExpiration expiresAt expirationDate isRedeemable redeemBlocker
  isRegainable regainBlocker isRefundable refundBlocker`.split(/\s+/);
/** Pages of different fields, which are so many together with those that lead to them. */
const written = (count: number) => {
  const pages = Math.ceil(count / 16) - 2; // the last one has room for the rest
  const sizes = [...Array.from({ length: pages }, () => 16), count - pages * 16];
  return times(sizes.length, (i) => {
    const fields = FIELDS.slice(0, sizes[i]! - 4).join(" ");
    return `w${i}: viewer { entitlements(first: 1) { edges { node { ${fields} } } } }`;
  });
};

/** A document of which exactly so much is counted. */
const ASKING: Partial<Record<keyof typeof LIMITS, (count: number) => string>> = {
  fields: (count) => `{ ${written(count)} }`,
  repeats: (count) => `{ viewer { id ${times(count, () => "id")} } }`,
  depth: nested,
  aliases: (count) => `{ viewer { ${times(count, (i) => `a${i}: username`)} } }`,
  directives: (count) => `{ viewer { ${times(count, () => "id @include(if: true)")} } }`,
  nodes: (count) =>
    `{ ${page("a", 100, "supportDetails(first: 19) { edges { node { id } } }")} ${page("b", count - 2_000)} }`,
  objects: (count) => `{ ${page("a", 100, LISTS)} ${page("b", 17, LISTS)} ${page("c", count - 117 * 51)} }`,
};

test.each(Object.entries(ASKING))(
  "an operation exactly at the limit of %s is answered, and one beyond it is refused",
  async (name, asking) => {
    const most = LIMITS[name as keyof typeof LIMITS];
    const at = await server.ask(grace, asking(most));
    expect(at.body.errors).toBeUndefined();
    expect(at.status).toBe(200);
    const beyond = await server.ask(grace, asking(most + 1));
    expect(beyond.status).toBe(400);
    expect(beyond.body.errors![0]!.extensions["code"]).toBe("LIMIT_EXCEEDED");
    expect(beyond.body.errors![0]!.message).toContain(String(most));
  },
);

test("without a token a document of exactly so many fields is looked at, and one with more is not", async () => {
  const fields = (count: number) => `{ viewer { nope } ${written(count - 2)} }`;
  expect((await server.ask(null, fields(LIMITS.anonymousFields))).text).toContain("nope");
  const beyond = await server.ask(null, fields(LIMITS.anonymousFields + 1));
  expect(beyond.status).toBe(401);
  expect(beyond.text).not.toContain("nope");
});

import { parse } from "graphql";
import {
  KEPT_CHARACTERS,
  KeptDocuments,
  REFUSALS_KEPT,
  REFUSED,
} from "../../src/engine/documents/kept-documents";
import { LIMITS } from "../../src/engine/documents/limits";
import { fieldsOf, sizeFault } from "../../src/engine/documents/size";
import { ada, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(" ");

/** Small documents that are within most limits, and whose validation compares many pairs of fields. */
const HOSTILE: Record<string, string> = {
  "one field of the root again and again": `{ ${times(245, () => "viewer{id}")} }`,
  "one field again and again": `{ viewer { entitlements { ${times(245, () => "totalCount")} } } }`,
  "fields of the same name in places that are one": `{ ${times(20, () => `viewer{${times(10, () => "id")}}`)} }`,
  "one fragment's fields in many fragments": `{ viewer { ${times(40, (i) => `...F${i}`)} } } ${times(40, (i) => `fragment F${i} on User { id username }`)}`,
};

test.each(Object.entries(HOSTILE))(
  "%s: the document is refused before its validation, each time with the same answer",
  async (_, given) => {
    // A validation would find this field, which does not exist.
    const query = given.replace("id", "nope").replace("totalCount", "nope");
    const answers = [];
    for (let sight = 1; sight <= 3; sight++) answers.push(await server.ask(ada, query));
    const told = answers.map(({ status, body }) => ({ status, ...body }));
    expect(told[0]).toMatchObject({ status: 400, errors: [{ extensions: { code: "LIMIT_EXCEEDED" } }] });
    expect(told[0]!.errors).toHaveLength(1);
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  },
);

test("a document of medium size is refused without a token, and answered with one", async () => {
  const fields = `id courseUuid mode orderNumber isRefundLocked createdAt modifiedAt expiredAt isExpired state
    daysSinceCreated daysUntilExpiration expiresAt expirationDate isRedeemable isRegainable isRefundable refundBlocker
    policy { id }`;
  const page = (inner: string) => `entitlements(first: 1) { edges { node { ${fields} ${inner} } } }`;
  const query = `{ viewer { ${page(`${fields} user { ${page(`${fields} ${times(15, () => "id")}`)} }`)} } }`;
  expect(fieldsOf(parse(query))).toBeGreaterThan(LIMITS.anonymousFields);
  expect((await server.ask(ada, query)).status).toBe(200);
  for (let sight = 1; sight <= 2; sight++) {
    const { status, body } = await server.ask(null, query);
    expect(status).toBe(401);
    expect(body.errors![0]!.extensions["code"]).toBe("UNAUTHENTICATED");
  }
  const unknown = query.replace("policy { id }", "noSuchField");
  expect((await server.ask(null, unknown)).status).toBe(401);
  expect((await server.ask(ada, unknown)).status).toBe(400);
});

test("a document that is not valid is refused with the same errors when it comes again", async () => {
  const query = "{ viewer { nope nothing } }";
  const first = await server.ask(ada, query);
  const remembered = jest.spyOn(KeptDocuments.prototype, "refusalOf");
  const second = await server.ask(null, query);
  expect(remembered.mock.results.at(-1)?.value).toEqual(first.body.errors);
  expect(first.body.errors).toHaveLength(2);
  expect({ status: second.status, ...second.body }).toEqual({ status: first.status, ...first.body });
});

test("the memory for documents is bounded, and refused documents do not replace valid ones", async () => {
  const documents = new KeptDocuments();
  const hash = (number: number) => String(number).padStart(64, "0");
  const valid = parse(`{ a } # ${"x".repeat(KEPT_CHARACTERS / 4)}`);
  await documents.set(hash(0), valid);
  for (let number = 1; number <= REFUSALS_KEPT + 1; number++)
    documents.refuse(hash(number), [{ message: "no" }]);
  expect(await documents.get(hash(0))).toBe(valid);
  expect(await documents.get(hash(1))).toBeUndefined();
  expect(await documents.get(hash(2))).toBe(REFUSED);
  documents.refuse("long".padStart(64, "0"), [{ message: "x".repeat(100_000) }]);
  expect(documents.refusalOf("long".padStart(64, "0"))).toBeUndefined();
  for (let number = 1; number <= 4; number++)
    await documents.set(`other${hash(-number)}`, parse(valid.loc!.source.body));
  expect(await documents.get(hash(0))).toBeUndefined();
});

test("the time to measure a document is linear in its length", () => {
  const chain = times(120, (i) => `fragment F${i} on User { ...F${i + 1} ...F${i + 1} }`);
  const document = parse(`{ viewer { ...F0 } } ${chain} fragment F120 on User { id }`);
  const start = performance.now();
  expect(sizeFault(document)?.message).toContain("selections");
  expect(performance.now() - start).toBeLessThan(500);
});

const chained = `fragment A on Query { ${times(16, () => "...Z")} } fragment B on Query { ${times(16, () => "...A")} } fragment C on Query { ${times(16, () => "...B")} }`;

test.each<[string, string]>([
  ["operations", `${chained} ${times(200, () => "{ ...C }")}`],
  ["fragments", `${chained} ${times(200, (i) => `fragment F${i} on Query { ...C }`)} { __typename }`],
  ["fragments of one name", `${chained} ${times(200, () => "fragment F on Query { ...C }")} { __typename }`],
])("the selections of all %s of a document count together", (_, query) => {
  const document = parse(query);
  const started = process.cpuUsage();
  for (let time = 1; time <= 20; time++) expect(sizeFault(document)?.message).toContain("selections");
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_000);
});

test("a fragment counts where it is spread, and not once more where it is written", () => {
  const operation = (name: string) => `query ${name} { viewer { ${times(48, (i) => `f${i} { ...F }`)} } }`;
  const fragment = `fragment F on User { ${times(102, (i) => `g${i}`)} }`;
  expect(48 * 104).toBeGreaterThan(LIMITS.selections - 102);
  expect(sizeFault(parse(`${fragment} ${operation("A")}`))).toBeNull();
  expect(sizeFault(parse(`${fragment} ${operation("A")} ${operation("B")}`))?.message).toContain(
    "The document has more than the 5000 selections",
  );
});

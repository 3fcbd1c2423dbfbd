import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RefundRequest } from "../../../src/gateways/refund/refund-gateway";
import { SparedShop } from "../../../src/gateways/refund/spared-shop";
import { WebhookRefundGateway } from "../../../src/gateways/refund/webhook";
import { removeWhenThisProcessEnds } from "../../support/cleanup";
import { isSignedBy, openReceiver, type Receiver } from "../../support/receiver";
import { run, said, type Program } from "../../support/server-process";

const SECRET = `whsec_${Buffer.alloc(24, "secret").toString("base64")}`;
const AT = new Date("2026-06-15T12:00:00.900Z");
const REQUEST: RefundRequest = {
  key: randomUUID(),
  entitlementId: randomUUID(),
  orderNumber: "ORDER-1",
  courseUuid: randomUUID(),
  mode: "verified",
  userId: "7",
  username: "ada",
  ageMs: 1,
  requestId: "request-1",
};

let receiver: Receiver;
beforeAll(async () => {
  receiver = await openReceiver();
});
afterAll(() => receiver.close());

function gateway(url = receiver.url, secret = SECRET, clock = () => AT): WebhookRefundGateway {
  return new WebhookRefundGateway({ url, secret, deadlineMs: 5_000, clock });
}
/** What the gateway makes of an answer. */
function outcomeOf(status: number, body: string, headers = {}) {
  receiver.answer = (response) => response.writeHead(status, headers).end(body);
  return gateway().request(REQUEST);
}

test("a request names the refund, the order and the learner, and is signed as our webhooks are", async () => {
  await outcomeOf(200, "");
  const { headers, body } = receiver.messages.at(-1)!;
  expect(JSON.parse(body)).toEqual({
    refundId: REQUEST.key,
    entitlementId: REQUEST.entitlementId,
    orderNumber: "ORDER-1",
    courseUuid: REQUEST.courseUuid,
    mode: "verified",
    userId: "7",
    username: "ada",
  });
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "idempotency-key": REQUEST.key,
    "webhook-id": REQUEST.key,
    "webhook-timestamp": "1781524800",
    "x-request-id": "request-1",
  });
  expect(isSignedBy(SECRET, { headers, body })).toBe(true);
  expect(isSignedBy(SECRET, { headers, body: body.replace("ada", "bob") })).toBe(false);
});

test.each<[number, string, object]>([
  [200, '{"references": ["RE-1", 2]}', { kind: "accepted", refs: ["RE-1", "2"] }],
  [201, "", { kind: "accepted", refs: [] }],
  [200, '{"references": "RE-1"}', { kind: "accepted", refs: [] }],
  [200, JSON.stringify({ references: Array(30).fill("R") }), { kind: "accepted", refs: Array(20).fill("R") }],
  [409, '{"code": "ALREADY_CHARGED_BACK"}', { kind: "refused", code: "ALREADY_CHARGED_BACK" }],
  [422, "no such order", { kind: "refused", code: "HTTP_422" }],
  [400, JSON.stringify({ code: "x".repeat(101) }), { kind: "refused", code: "HTTP_400" }],
  [202, "", { kind: "unknown", cause: "accepted for later", isDeciding: true }],
  ...[401, 403, 404, 405, 429, 503].map((status): [number, string, object] => [
    status,
    "",
    { kind: "notSent", cause: `HTTP ${status}` },
  ]),
  ...[204, 301, 302, 402, 410, 500, 502, 504].map((status): [number, string, object] => [
    status,
    "",
    { kind: "unknown", cause: `HTTP ${status}` },
  ]),
])("the answer %d %s means %j", async (status, body, outcome) => {
  expect(await outcomeOf(status, body)).toEqual(outcome);
});

test("a redirect is not followed", async () => {
  const other = await openReceiver();
  expect(await outcomeOf(307, "", { location: other.url })).toEqual({ kind: "unknown", cause: "HTTP 307" });
  expect(other.messages).toEqual([]);
  await other.close();
});

test("a shop that decides later is asked again, and is not taken for one that does not answer", async () => {
  receiver.answer = (response) => response.writeHead(202).end();
  const spared = new SparedShop(gateway(), 1_000, () => AT);
  for (let asked = 0; asked < 6; asked++) await spared.request(REQUEST);
  expect(spared.isPaused).toBe(false);
  receiver.answer = (response) => response.writeHead(500).end();
  for (let asked = 0; asked < 5; asked++) await spared.request(REQUEST);
  expect(spared.isPaused).toBe(true);
});

describe("the example of a shop in docs/refunds.md", () => {
  let program: Program;
  let url: string;
  beforeAll(async () => {
    const [, example] = /```js\n(.*?)```/s.exec(readFileSync("docs/refunds.md", "utf8"))!;
    const folder = mkdtempSync(join(tmpdir(), "course-entitlements-shop-"));
    removeWhenThisProcessEnds(folder);
    writeFileSync(join(folder, "shop.mjs"), example!);
    program = run(join(folder, "shop.mjs"), { REFUND_WEBHOOK_SECRET: SECRET, PORT: "0" });
    url = (await said(program, /(http:\S+)/, "stdout"))[1]!;
  });
  afterAll(async () => {
    program.child.kill();
    await program.exited;
  });

  test("refunds an order once, whatever is sent again", async () => {
    const now = gateway(url, SECRET, () => new Date());
    const first = await now.request(REQUEST);
    expect(first).toEqual({ kind: "accepted", refs: [expect.any(String)] });
    expect(await now.request(REQUEST)).toEqual(first);
  });

  test("looks at nothing that is signed with another secret, or minutes ago", async () => {
    const notSent = { kind: "notSent", cause: "HTTP 401" };
    const foreign = SECRET.replace("c2", "d2");
    expect(await gateway(url, foreign, () => new Date()).request(REQUEST)).toEqual(notSent);
    const old = new Date(Date.now() - 400_000);
    expect(await gateway(url, SECRET, () => old).request(REQUEST)).toEqual(notSent);
  });
});

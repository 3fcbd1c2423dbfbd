import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SparedShop } from "../../../src/gateways/refund/spared-shop";
import { clientCredentials } from "../../../src/gateways/client-credentials";
import { EmbeddedRefundGateway } from "../../../src/gateways/refund/embedded";
import { WebhookRefundGateway } from "../../../src/gateways/refund/webhook";
import { HttpRefundGateway } from "../../../src/gateways/refund/coordinator";
import type {
  RefundGateway,
  RefundOutcome,
  RefundRequest,
} from "../../../src/gateways/refund/refund-gateway";
import { openTestDatabase } from "../../support/database";
import { openFakeShop, SHOP_SECRET, type FakeShop } from "../../support/fake-shop";

/** Long enough for a shop on a busy machine. */
const DEADLINE_MS = 1_000;

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let keyed: FakeShop;
let natural: FakeShop;
beforeAll(async () => {
  database = await openTestDatabase();
  [keyed, natural] = await Promise.all([openFakeShop(true), openFakeShop(false)]);
  // The shops behave by order number, as the embedded one does.
  for (const shop of [keyed, natural])
    shop.script = ({ orderNumber }, nth) => {
      if (orderNumber.endsWith("-DECLINED")) return { effect: "refuse", reply: "honest" };
      if (orderNumber.endsWith("-TIMEOUT"))
        return nth <= 2 ? { effect: "nothing", reply: "silence" } : { effect: "pay", reply: "honest" };
      if (orderNumber.endsWith("-LATE"))
        return { effect: "pay", reply: "honest", afterMs: nth === 1 ? 3 * DEADLINE_MS : 0 };
      return {
        effect: "pay",
        reply: "honest",
        beforeMs: orderNumber.endsWith("-SLOW") ? 0.4 * DEADLINE_MS : 0,
      };
    };
});
afterAll(() => Promise.all([database.close(), keyed.close(), natural.close()]));

function httpGateway(baseUrl: string, isKeyed: boolean): HttpRefundGateway {
  const authorization = () => Promise.resolve("JWT token");
  return new HttpRefundGateway({ baseUrl, isKeyed, authorization, deadlineMs: DEADLINE_MS });
}

function webhookGateway(baseUrl: string, secret = SHOP_SECRET): WebhookRefundGateway {
  const url = `${baseUrl}/refunds`;
  return new WebhookRefundGateway({ url, secret, deadlineMs: DEADLINE_MS, clock: () => new Date() });
}

const GATEWAYS: Record<string, () => RefundGateway> = {
  embedded: () =>
    new EmbeddedRefundGateway((text, values) => database.db.query(text, [...values]), DEADLINE_MS),
  "HTTP, with keys": () => httpGateway(keyed.url, true),
  "HTTP, as commerce-coordinator": () => httpGateway(natural.url, false),
  webhook: () => webhookGateway(keyed.url),
};

let orders = 0;
const aRequest = (end = ""): RefundRequest => ({
  key: randomUUID(),
  entitlementId: randomUUID(),
  orderNumber: `ORDER-${++orders}${end}`,
  courseUuid: randomUUID(),
  mode: "verified",
  userId: "1",
  username: "ada",
  ageMs: 3_600_000,
  requestId: `request-${orders}`,
});
const kinds = async (gateway: RefundGateway, request: RefundRequest, times: number) => {
  const seen: RefundOutcome["kind"][] = [];
  while (seen.length < times) seen.push((await gateway.request(request)).kind);
  return seen;
};

describe.each(Object.entries(GATEWAYS))("the %s gateway", (_name, make) => {
  test("refunds an order once, however often it is called", async () => {
    const request = aRequest();
    expect(await kinds(make(), request, 3)).toEqual(["accepted", "accepted", "accepted"]);
    expect(await timesPaid(request)).toBe(1);
  });

  test("reports each refusal of the shop", async () => {
    const request = aRequest("-DECLINED");
    expect(await kinds(make(), request, 2)).toEqual(["refused", "refused"]);
    expect(await timesPaid(request)).toBe(0);
  });

  test("reports an unknown outcome when the shop does not answer in time", async () => {
    const request = aRequest("-TIMEOUT");
    expect(await kinds(make(), request, 3)).toEqual(["unknown", "unknown", "accepted"]);
    expect(await timesPaid(request)).toBe(1);
  });

  test("learns of a refund whose answer came too late when it is called again", async () => {
    const request = aRequest("-LATE");
    expect(await kinds(make(), request, 2)).toEqual(["unknown", "accepted"]);
    expect(await timesPaid(request)).toBe(1);
  });

  test("waits for a slow shop, and reports an earlier refund as a success", async () => {
    expect(await kinds(make(), aRequest("-SLOW"), 1)).toEqual(["accepted"]);
    expect(await kinds(make(), aRequest("-DUPLICATE"), 1)).toEqual(["accepted"]);
  });
});

/** An address at which no server listens. */
async function nowhere(): Promise<string> {
  const shop = await openFakeShop(true);
  await shop.close();
  return shop.url;
}

/** How many refunds the shop has made for a request. */
async function timesPaid({ entitlementId }: RefundRequest): Promise<number> {
  const rows = await database.db.query<unknown[]>(
    "select from embedded_shop_refund where entitlement_id = $1 and reference is not null",
    [entitlementId],
  );
  return rows.length + [...keyed.paid, ...natural.paid].filter((id) => id === entitlementId).length;
}

describe("over HTTP", () => {
  test.each<[string, number, RefundOutcome["kind"]]>([
    ["a server error", 500, "unknown"],
    ["an unavailable server", 503, "unknown"],
    ["a conflict", 409, "unknown"],
    ["too many requests", 429, "unknown"],
    ["a redirect", 302, "unknown"],
    ["an invalid request", 400, "refused"],
    ["a rejected token", 401, "notSent"],
    ["an unknown address", 404, "notSent"],
  ])("%s is %d: %s", async (_name, status, kind) => {
    const { script } = natural;
    natural.script = () => ({ effect: "nothing", reply: status });
    expect(await kinds(httpGateway(natural.url, false), aRequest(), 1)).toEqual([kind]);
    natural.script = script;
  });

  test("the outcome is unknown when a connection breaks, and known when no connection was made", async () => {
    const { script } = natural;
    natural.script = () => ({ effect: "pay", reply: "reset" });
    expect(await kinds(httpGateway(natural.url, false), aRequest(), 1)).toEqual(["unknown"]);
    natural.script = script;
    expect(await kinds(httpGateway(await nowhere(), false), aRequest(), 1)).toEqual(["notSent"]);
    expect(await kinds(httpGateway("http://shop.invalid", false), aRequest(), 1)).toEqual(["notSent"]);
  });

  test.each<[string, number, string, RefundOutcome["kind"]]>([
    ["of an entitlement that is 10 minutes old", 600_000, "Line item does not exist.", "refused"],
    ["a moment before that", 599_999, "Line item does not exist.", "notYet"],
    ["quoted, of a new entitlement", 0, '{"message": "Line item does not exist."}', "notYet"],
    ["of an entitlement that seems to be of the future", -1_000, "Line item does not exist.", "notYet"],
    ["a moment before, with another text", 599_999, "Invalid input.", "refused"],
  ])(
    "a line %s that the order does not have is answered with 400 (%d, %s): %s",
    async (_when, ageMs, text, kind) => {
      const { script } = natural;
      natural.script = () => ({ effect: "nothing", reply: 400, text });
      expect(await kinds(httpGateway(natural.url, false), { ...aRequest(), ageMs }, 1)).toEqual([kind]);
      natural.script = script;
    },
  );

  test("a request names the learner, the order, the entitlement, the author, the idempotency key and the request id", async () => {
    const request = aRequest();
    await httpGateway(natural.url, false).request(request);
    const { key, entitlementId, orderNumber, username, requestId } = request;
    const named = { key, entitlementId, orderNumber, username, requestId };
    expect(natural.requests.at(-1)).toEqual({ ...named, authorization: "JWT token" });
  });

  test("without a token nothing is sent", async () => {
    const gateway = new HttpRefundGateway({
      baseUrl: natural.url,
      isKeyed: false,
      authorization: () => Promise.reject(new Error("no")),
      deadlineMs: DEADLINE_MS,
    });
    const before = natural.requests.length;
    expect(await kinds(gateway, aRequest(), 1)).toEqual(["notSent"]);
    expect(natural.requests.length).toBe(before);
  });
});

test("a token is requested once and kept until shortly before it expires", async () => {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    incoming.setEncoding("utf8").on("data", (text: string) => asked.push(text));
    incoming.on("end", () =>
      response.end(JSON.stringify({ access_token: `t${asked.length}`, expires_in: 3600 })),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const authorization = clientCredentials({
    tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth2/access_token`,
    clientId: "us",
    clientSecret: "secret",
    deadlineMs: 1_000,
  });
  expect([await authorization(), await authorization()]).toEqual(["JWT t1", "JWT t1"]);
  expect(asked).toEqual(["grant_type=client_credentials&client_id=us&client_secret=secret&token_type=jwt"]);
  server.closeAllConnections();
  server.close();
});

test("after five unknown outcomes in a row the shop gets no requests for a while; any other outcome ends the pause", async () => {
  let now = 0;
  let kind: "unknown" | "refused" = "unknown";
  const asked: string[] = [];
  const breaker = new SparedShop(
    {
      isKeyed: true,
      request: async ({ key }) => {
        asked.push(key);
        return Promise.resolve(kind === "unknown" ? { kind, cause: "" } : { kind, code: "" });
      },
    },
    1_000,
    () => new Date(now),
  );
  await kinds(breaker, aRequest(), 4);
  expect(breaker.isPaused).toBe(false);
  expect(await kinds(breaker, aRequest(), 2)).toEqual(["unknown", "notSent"]);
  expect(asked).toHaveLength(5);
  now = 1_000;
  kind = "refused";
  await kinds(breaker, aRequest(), 1);
  kind = "unknown";
  expect(await kinds(breaker, aRequest(), 4)).not.toContain("notSent");
  expect(breaker.isPaused).toBe(false);
});

test("no more than 16 requests to the shop are in progress at once, and the end of one makes room for another", async () => {
  const answers: ((outcome: Promise<RefundOutcome>) => void)[] = [];
  const shop: RefundGateway = {
    isKeyed: true,
    request: () => new Promise((resolve) => answers.push(resolve)),
  };
  const breaker = new SparedShop(shop, 1_000, () => new Date(0));
  const asking = Array.from({ length: 20 }, () => breaker.request(aRequest()).catch(() => null));
  expect(await Promise.all(asking.slice(16))).toEqual(
    Array.from({ length: 4 }, () => ({ kind: "notSent", cause: expect.any(String) as string })),
  );
  expect(answers).toHaveLength(16);
  expect(breaker.isPaused).toBe(true);
  answers.forEach((answer, nth) =>
    answer(nth % 2 ? Promise.reject(new Error("lost")) : Promise.resolve({ kind: "refused", code: "" })),
  );
  await Promise.all(asking);
  expect(breaker.isPaused).toBe(false);
});

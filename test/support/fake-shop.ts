import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isSignedBy } from "./receiver";

/** What signs the requests to a fake shop that is asked by webhook. */
export const SHOP_SECRET = `whsec_${Buffer.alloc(32, "shop").toString("base64")}`;

/** The behaviour of a shop for one request: whether it refunds, and how and when it answers. */
export interface ShopAct {
  /** `pay` or `refuse`, recorded by the shop; `nothing` is not even recorded. */
  effect: "pay" | "refuse" | "nothing";
  /** A status, `reset`, or `silence`; `honest` tells the effect. */
  reply: "honest" | "reset" | "silence" | number;
  /** What it says with the status. */
  text?: string;
  /** Before the effect, and between effect and reply, in milliseconds. */
  beforeMs?: number;
  afterMs?: number;
}

/** One request that a shop was sent. */
export interface ShopRequest {
  key: string;
  entitlementId: string;
  orderNumber: string;
  username: string;
  authorization: string | undefined;
  requestId: string | undefined;
}

/**
 * A shop with its own ledger that works like commerce-coordinator, and takes signed requests at `/refunds`; with
 * idempotency keys, it recognizes repeated requests by their key.
 */
export interface FakeShop {
  url: string;
  /** The refunded entitlements, once for each refund. */
  paid: string[];
  requests: ShopRequest[];
  /** Decides what to do with the nth request for an order, from 1. */
  script: (request: ShopRequest, nth: number) => ShopAct;
  close(): Promise<void>;
}

/** Opens a shop on a free port. */
export async function openFakeShop(isKeyed: boolean): Promise<FakeShop> {
  const decided = new Map<string, "pay" | "refuse">();
  const shop: Omit<FakeShop, "url" | "close"> = {
    paid: [],
    requests: [],
    script: () => ({ effect: "pay", reply: "honest" }),
  };
  const decide = (request: ShopRequest, effect: ShopAct["effect"]) => {
    const known = isKeyed ? request.key : request.entitlementId;
    const before = decided.get(known);
    // A shop without idempotency keys remembers its refunds, and decides again about requests that it has refused.
    if (before === "pay" || (before && isKeyed)) return { effect: before, isRepeat: true };
    if (effect !== "nothing") decided.set(known, effect);
    if (effect === "pay") shop.paid.push(request.entitlementId);
    return { effect, isRepeat: false };
  };
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await read(incoming);
    const nth = shop.requests.push(request);
    const ofOrder = shop.requests
      .slice(0, nth)
      .filter(({ orderNumber }) => orderNumber === request.orderNumber);
    const act = shop.script(request, ofOrder.length);
    await sleep(act.beforeMs ?? 0);
    const { effect, isRepeat } = decide(request, act.effect);
    await sleep(act.afterMs ?? 0);
    if (act.reply === "reset") return void incoming.socket.resetAndDestroy();
    if (act.reply === "silence") return;
    const refused = isWebhook(incoming) ? 409 : 400;
    const said =
      typeof act.reply === "number" ? act.reply : { pay: 200, refuse: refused, nothing: 503 }[effect];
    const repeated =
      said === 200 && isRepeat ? `Refund already created for order ${request.orderNumber}` : "";
    response.writeHead(said, { "content-type": "text/plain" }).end(act.text ?? repeated);
  };
  const server = createServer(
    (incoming, response) => void handle(incoming, response).catch(() => response.destroy()),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(shop, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

async function read(incoming: IncomingMessage): Promise<ShopRequest> {
  let body = "";
  for await (const chunk of incoming.setEncoding("utf8")) body += chunk as string;
  const { headers } = incoming;
  const told = JSON.parse(body) as Record<string, string>;
  if (incoming.method !== "POST") throw new Error("no such method");
  if (isWebhook(incoming)) {
    if (!isSignedBy(SHOP_SECRET, { headers, body })) throw new Error("not signed");
    if (told["refundId"] !== headers["idempotency-key"]) throw new Error("two keys");
  } else if (incoming.url !== "/lms/refund/") throw new Error("no such place");
  return {
    key: headers["idempotency-key"] as string,
    entitlementId: (told["entitlement_uuid"] ?? told["entitlementId"])!,
    orderNumber: (told["order_number"] ?? told["orderNumber"])!,
    username: told["username"]!,
    authorization: headers.authorization,
    requestId: headers["x-request-id"] as string | undefined,
  };
}

function isWebhook({ url }: IncomingMessage): boolean {
  return url === "/refunds";
}

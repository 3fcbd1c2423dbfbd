import { isSignedBy } from "../../support/receiver";
import { fieldsOf, type Call, type Reply, type Route } from "../http/call";

/** How old a signed request may be, and how far ahead its clock. */
const AGE_AT_MOST_MS = 300_000;

/**
 * What an operator's own shop answers, which takes signed requests and knows a repeat by its idempotency key. An order
 * that ends in -DECLINED is never refunded, and one that ends in -SLOW is decided with the second request for it.
 */
export function webhookShopRoutes(secret: string): Route[] {
  const asked = new Map<string, number>();
  return [
    {
      method: "POST",
      path: /^\/refunds$/,
      needs: "nothing",
      answer(call) {
        if (!isAuthentic(call, secret)) return { status: 401, body: { code: "NOT_SIGNED" } };
        const key = String(call.headers["idempotency-key"]);
        asked.set(key, (asked.get(key) ?? 0) + 1);
        return refund(call, key, asked.get(key)!);
      },
    },
  ];
}

function isAuthentic({ world, headers, text: body }: Call, secret: string): boolean {
  const sentMs = Number(headers["webhook-timestamp"]) * 1_000;
  const isRecent = Math.abs(world.clock().getTime() - sentMs) <= AGE_AT_MOST_MS;
  return isRecent && isSignedBy(secret, { headers, body });
}

function refund(call: Call, key: string, nth: number): Reply {
  const { refunds, clock } = call.world;
  const fields = fieldsOf(call);
  const [entitlementId, orderNumber, username] = ["entitlementId", "orderNumber", "username"].map((name) =>
    String(fields[name]),
  );
  const place = refunds.findIndex((each) => each.entitlementId === entitlementId);
  if (place >= 0 && refunds[place]!.key !== key) return { status: 409, body: { code: "ALREADY_REFUNDED" } };
  if (place >= 0) return { status: 200, body: { state: "refunded", references: [`WH-${place + 1}`] } };
  if (orderNumber!.endsWith("-DECLINED")) return { status: 422, body: { code: "ORDER_NOT_REFUNDABLE" } };
  if (orderNumber!.endsWith("-SLOW") && nth === 1) return { status: 202, body: { state: "pending" } };
  refunds.push({
    shop: "webhook",
    key,
    entitlementId: entitlementId!,
    orderNumber: orderNumber!,
    username: username!,
    at: clock(),
  });
  return { status: 201, body: { state: "refunded", references: [`WH-${refunds.length}`] } };
}

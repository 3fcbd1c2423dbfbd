import { fieldsOf, type Call, type Reply, type Route } from "../http/call";
import { Throttle } from "../http/throttle";

const FIELDS = ["username", "order_number", "entitlement_uuid"] as const;

/**
 * What commerce-coordinator answers. It learns the ids of entitlements some time after they were issued; here, so many
 * milliseconds after the first request for one.
 */
export function coordinatorRoutes(clock: () => Date, learnsAfterMs: number): Route[] {
  const firstAsked = new Map<string, number>();
  const isKnown = (entitlementId: string) => {
    const now = clock().getTime();
    if (!firstAsked.has(entitlementId)) firstAsked.set(entitlementId, now);
    return now >= firstAsked.get(entitlementId)! + learnsAfterMs;
  };
  return [
    {
      method: "POST",
      path: /^\/lms\/refund\/$/,
      needs: "staff",
      throttle: new Throttle(60, () => 75, clock),
      answer: (call) => refund(call, isKnown),
    },
  ];
}

function refund(call: Call, isKnown: (entitlementId: string) => boolean): Reply {
  const fields = fieldsOf(call);
  const missing = FIELDS.filter((name) => !fields[name]);
  if (missing.length > 0)
    return {
      status: 400,
      body: Object.fromEntries(missing.map((name) => [name, ["This field is required."]])),
    };
  const [username, orderNumber, entitlementId] = FIELDS.map((name) => String(fields[name]));
  const { refunds, clock } = call.world;
  if (refunds.some((each) => each.entitlementId === entitlementId))
    return { status: 200, body: `Refund already created for order ${orderNumber}` };
  if (!isKnown(entitlementId!)) return { status: 400, body: "Line item does not exist." };
  // As the stand-in for a shop does it, which the demo world is made for.
  if (orderNumber!.endsWith("-DECLINED")) return { status: 400, body: "The order cannot be returned." };
  refunds.push({
    shop: "coordinator",
    key: (call.headers["idempotency-key"] as string | undefined) ?? null,
    entitlementId: entitlementId!,
    orderNumber: orderNumber!,
    username: username!,
    at: clock(),
  });
  return { status: 200 };
}

import { z } from "zod";
import { fulfillOrder } from "../use-cases/entitlements/fulfill-order";
import { grantEntitlement } from "../use-cases/entitlements/grant-entitlement";
import type { RestAnswer, RestRequest } from "./answer";
import { shown } from "./entitlement";
import { fieldsBy, flag, invalid, supportDetails, text, uuid } from "./fields";

/** What a shop and what a support agent sends. What else is sent, such as `email_opt_in`, is not read. */
const NEW = z.object({
  user: text(150),
  course_uuid: uuid,
  expired_at: z.null("A new entitlement cannot have expired.").optional(),
  mode: text(100),
  refund_locked: flag.default(false),
  order_number: text(128).nullable().default(null),
  support_details: supportDetails,
});

/** Creates an entitlement: support agents say why, and shops for which order. */
export async function create(request: RestRequest): Promise<RestAnswer> {
  const fields = fieldsBy(NEW, request);
  const { user: username, course_uuid: courseUuid, mode, order_number: orderNumber } = fields;
  const [note] = fields.support_details;
  const wish = { username, courseUuid, mode, refundLocked: fields.refund_locked };
  const facts = note
    ? await grantEntitlement(request, { ...wish, orderNumber, comments: note.comments })
    : (await fulfillOrder(request, { ...wish, orderNumber: requireOrder(orderNumber) })).entitlement;
  const [body] = await shown(request, [facts], "stored");
  return { status: 201, body };
}

function requireOrder(orderNumber: string | null): string {
  if (orderNumber !== null) return orderNumber;
  throw invalid("support_details", "This field is required where there is no order_number.");
}

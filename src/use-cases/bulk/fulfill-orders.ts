import { staffOrService } from "../../auth/who";
import { fulfill, type FulfilledOrder, type FulfillOrder } from "../entitlements/fulfill-order";
import { act, commandInSteps, type CommandRequest } from "../command";
import { knowLearners } from "../lms/known-learners";
import { inBulk, type BulkResult, type Done } from "./bulk";

export interface FulfillOrders {
  /** Items with the same order number are the courses of one order. */
  orders: readonly FulfillOrder[];
}

/** Fulfills many orders, each in its own transaction. Returns one outcome for each, in order. */
export const fulfillOrders = commandInSteps(
  "fulfillOrders",
  staffOrService,
  (given, { orders }: FulfillOrders): Promise<BulkResult<Done & FulfilledOrder>[]> =>
    inBulk(given, orders, fulfillOne, { keyOf }),
  (request, { orders }) => knowLearners(request, orders),
);

async function fulfillOne(request: CommandRequest, order: FulfillOrder): Promise<Done & FulfilledOrder> {
  const fulfilled = await act(request, (tx) => fulfill(tx, request, order));
  return { ...fulfilled, facts: fulfilled.entitlement, isChanged: fulfilled.isNew };
}

/** Usernames and UUIDs are the same in whatever case. */
function keyOf({ orderNumber, courseUuid, mode, username, userId, refundLocked }: FulfillOrder): string {
  const learner = [username?.toLowerCase() ?? null, userId ?? null];
  return JSON.stringify([orderNumber, courseUuid.toLowerCase(), mode, learner, refundLocked]);
}

import { staffOrService } from "../../auth/who";
import { fulfill, type FulfilledOrder, type FulfillOrder } from "../entitlements/fulfill-order";
import { commandInSteps } from "../command";
import { inBulk, type BulkResult, type Done } from "./bulk";

export interface FulfillOrders {
  /** Several with the same order number are the courses of one order. */
  orders: readonly FulfillOrder[];
}

/** Gives learners what many orders have paid for, each in a transaction of its own. One outcome for each, in order. */
export const fulfillOrders = commandInSteps(
  "fulfillOrders",
  staffOrService,
  (request, { orders }: FulfillOrders): Promise<BulkResult<Done & FulfilledOrder>[]> =>
    inBulk(request, orders, async (tx, order) => {
      const fulfilled = await fulfill(tx, request, order);
      return { ...fulfilled, facts: fulfilled.entitlement, isChanged: fulfilled.isNew };
    }),
);

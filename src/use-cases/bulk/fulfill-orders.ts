import { staffOrService } from "../../auth/who";
import { fulfill, type FulfilledOrder, type FulfillOrder } from "../entitlements/fulfill-order";
import { act, commandInSteps } from "../command";
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
    inBulk(given, orders, async (request, order) => {
      const fulfilled = await act(request, (tx) => fulfill(tx, request, order));
      return { ...fulfilled, facts: fulfilled.entitlement, isChanged: fulfilled.isNew };
    }),
  (request, { orders }) => knowLearners(request, orders),
);

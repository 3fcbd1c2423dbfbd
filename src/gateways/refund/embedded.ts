import { setTimeout as sleep } from "node:timers/promises";
import type { Query } from "../query";
import type { RefundGateway, RefundOutcome, RefundRequest } from "./refund-gateway";

/** What the end of an order number makes the shop do. */
type Behaviour = "DECLINED" | "TIMEOUT" | "SLOW" | "LATE" | "DUPLICATE";

/** How many requests an order that ends in -TIMEOUT leaves unanswered. */
const TIMED_OUT_REQUESTS = 2;

/**
 * A shop of our own, for a first try without any other system: it keeps a ledger of what it was asked and paid, and
 * behaves as the end of the order number says.
 */
export class EmbeddedRefundGateway implements RefundGateway {
  readonly isKeyed = true;

  constructor(
    private readonly query: Query,
    private readonly deadlineMs: number,
  ) {}

  async request(request: RefundRequest): Promise<RefundOutcome> {
    try {
      return await this.answer(request);
    } catch (error) {
      return { kind: "unknown", cause: `the ledger: ${(error as Error).message}` };
    }
  }

  private async answer(request: RefundRequest): Promise<RefundOutcome> {
    const asked = await this.note(request);
    switch (behaviourOf(request.orderNumber)) {
      case "DECLINED":
        return { kind: "refused", code: "ORDER_NOT_REFUNDABLE" };
      case "TIMEOUT":
        return asked <= TIMED_OUT_REQUESTS ? this.silence() : this.pay(request);
      case "SLOW":
        await sleep(0.4 * this.deadlineMs);
        return this.pay(request);
      case "LATE": {
        const paid = await this.pay(request);
        return asked === 1 ? this.silence() : paid;
      }
      case "DUPLICATE":
        return this.pay(request, `RF-BEFORE-${request.orderNumber}`);
      case undefined:
        return this.pay(request);
    }
  }

  /** How often this refund has been asked for, with this time. */
  private async note({ key, entitlementId, orderNumber }: RefundRequest): Promise<number> {
    const [row] = await this.query<{ asked: number }>(
      `insert into embedded_shop_refund as shop (key, entitlement_id, order_number) values ($1, $2, $3)
       on conflict (key) do update set asked = shop.asked + 1 returning asked`,
      [key, entitlementId, orderNumber],
    );
    return row!.asked;
  }

  private async pay({ key }: RefundRequest, reference = `RF-${key.slice(0, 8)}`): Promise<RefundOutcome> {
    const [row] = await this.query<{ reference: string }>(
      `with paid as (
         update embedded_shop_refund set reference = $2 where key = $1 and reference is null returning reference
       )
       select reference from paid union all
       select reference from embedded_shop_refund where key = $1 and reference is not null`,
      [key, reference],
    );
    return { kind: "accepted", refs: [row?.reference ?? reference] };
  }

  private async silence(): Promise<RefundOutcome> {
    await sleep(this.deadlineMs);
    return { kind: "unknown", cause: "no answer in time" };
  }
}

function behaviourOf(orderNumber: string): Behaviour | undefined {
  return /-(DECLINED|TIMEOUT|SLOW|LATE|DUPLICATE)$/.exec(orderNumber)?.[1] as Behaviour | undefined;
}

/** The part of an order that is to be refunded: one entitlement. */
export interface RefundRequest {
  /** The same for every attempt of one refund, and for no other: a UUID. */
  key: string;
  entitlementId: string;
  orderNumber: string;
  courseUuid: string;
  mode: string;
  /** The LMS user id of the learner. */
  userId: string;
  username: string;
  /** How old the entitlement is, in milliseconds. */
  ageMs: number;
  /** The id under which our log knows the attempt; the shop's may know it too. */
  requestId: string | null;
}

/** What the shop said. */
export type RefundOutcome =
  /** A refund exists there, by this attempt or an earlier one. */
  | { kind: "accepted"; refs: string[] }
  /** It will not happen. With `isForAll`, no earlier request of this refund can have made one either. */
  | { kind: "refused"; code: string; isForAll?: boolean }
  /** The shop does not know the order yet and has refunded nothing: it is to be asked again. */
  | { kind: "notYet"; cause: string }
  /** Nothing has reached the shop, or it has not looked at it. */
  | { kind: "notSent"; cause: string }
  /** It may have happened, or may yet. With `isDeciding`, the shop says so itself. */
  | { kind: "unknown"; cause: string; isDeciding?: boolean };

/** The shop that refunds orders. */
export interface RefundGateway {
  /** Whether it takes all requests with one key for one, so that each refusal is for all of them. */
  readonly isKeyed: boolean;
  /** Asks once, for at most the deadline. Never rejects. */
  request(request: RefundRequest): Promise<RefundOutcome>;
}

/** What the app needs of the shop: to ask it, and to know when that makes no sense. */
export interface Refunds extends RefundGateway {
  /** Whether nothing is sent to the shop just now, as it does not answer or is kept busy. */
  readonly isPaused: boolean;
}

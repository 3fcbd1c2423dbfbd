import { isOpenCall, type CallState } from "./enrollment-call-rules";

/** The mode of an enrollment, and whether it is active. */
export interface HeldSeat {
  mode: string;
  isActive: boolean;
}

/** What the LMS says of a learner's enrollment in a run, and what is recorded here. */
export interface ReconcileFacts {
  /** The enrollment as the LMS has it; null for none. `createdAt` is when the learner first enrolled, if the LMS says so. */
  lms: (HeldSeat & { createdAt: Date | null }) | null;
  /** The enrollment as it was when we last heard of it; null when we never have. */
  known: HeldSeat | null;
  /** The state of our own latest call about the enrollment; null when there was none. */
  callState: CallState | null;
  /** The entitlement that is redeemed for the enrollment; null for none. */
  linked: { id: string; mode: string; isRefundPending: boolean } | null;
  /** The learner's entitlements of the course that the LMS could have redeemed, in the order in which they are to be used. */
  redeemable: readonly { id: string; mode: string; createdAt: Date }[];
}

/** What follows from what the LMS says. */
export type Reconciliation =
  /** Nothing, not even for the recorded enrollment: our own call or a refund decides first. */
  | { kind: "WAIT" }
  /** The enrollment is recorded, and no entitlement changes. */
  | { kind: "RECORD" }
  /** The enrollment is recorded, and the entitlement is no longer redeemed for it. */
  | { kind: "CLEAR"; entitlementId: string }
  /** The enrollment is recorded, and the entitlement is redeemed for it: the LMS itself has redeemed it. */
  | { kind: "LINK"; entitlementId: string }
  /** The enrollment is recorded, and the entitlement stays redeemed for it, although it is in another mode. */
  | { kind: "MODE_DIFFERS"; entitlementId: string };

/** How much older than an entitlement a seat may seem that was taken by it: the clock of the LMS is not ours. */
const CLOCKS_DIFFER_AT_MOST_MS = 3_600_000;

/** What has to follow here from what the LMS says of an enrollment. */
export function reconciliation({
  lms,
  known,
  callState,
  linked,
  redeemable,
}: ReconcileFacts): Reconciliation {
  if (isOpenCall(callState)) return { kind: "WAIT" };
  if (!lms?.isActive) {
    if (!linked) return { kind: "RECORD" };
    return linked.isRefundPending ? { kind: "WAIT" } : { kind: "CLEAR", entitlementId: linked.id };
  }
  if (linked)
    return linked.mode === lms.mode ? { kind: "RECORD" } : { kind: "MODE_DIFFERS", entitlementId: linked.id };
  const used = redeemable.find((entitlement) => isRedeemedByLms(entitlement, lms, known));
  return used ? { kind: "LINK", entitlementId: used.id } : { kind: "RECORD" };
}

/**
 * Whether the LMS has redeemed an entitlement by enrolling the learner in its mode. A seat that the learner had before is
 * held by other means, so that the entitlement is not redeemed for nothing: one that was known already, or one that is
 * older than the entitlement.
 */
function isRedeemedByLms(
  { mode, createdAt }: ReconcileFacts["redeemable"][number],
  lms: NonNullable<ReconcileFacts["lms"]>,
  known: HeldSeat | null,
): boolean {
  if (lms.mode !== mode) return false;
  if (known) return !(known.isActive && known.mode === mode);
  if (lms.createdAt === null) return false;
  return createdAt.getTime() - lms.createdAt.getTime() <= CLOCKS_DIFFER_AT_MOST_MS;
}

/** Whether an enrollment of the LMS is in another mode than the entitlement that is redeemed for it. */
export function isModeDifferent(entitlementMode: string, seat: HeldSeat | null): boolean {
  return !!seat?.isActive && seat.mode !== entitlementMode;
}

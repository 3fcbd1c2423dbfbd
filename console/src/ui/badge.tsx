import type { EntitlementState, RefundState } from "../gql/graphql";
import { t } from "../words/words";

/** How good or bad a state is, which decides its color. */
export type Tone = "good" | "info" | "plain" | "dim" | "warn" | "bad";

const STATES: Record<EntitlementState, Tone> = {
  AVAILABLE: "good",
  FULFILLED_CHANGEABLE: "info",
  FULFILLED: "plain",
  PENDING_ENROLLMENT: "warn",
  EXPIRED: "dim",
  REFUNDED: "warn",
  REVOKED: "bad",
};
const REFUNDS: Record<RefundState, Tone> = {
  REQUESTED: "warn",
  IN_DOUBT: "warn",
  NEEDS_REVIEW: "bad",
  SUCCEEDED: "good",
  FAILED: "dim",
};

/** A short text in the color of its tone. */
export function Badge({ tone, text }: { tone: Tone; text: string }) {
  return <span className={`badge ${tone}`}>{text}</span>;
}

/** The state of an entitlement. */
export const StateBadge = ({ of }: { of: EntitlementState }) => (
  <Badge tone={STATES[of] ?? "plain"} text={t(`state.${of}`)} />
);

/** The state of a refund. */
export const RefundBadge = ({ of }: { of: RefundState }) => (
  <Badge tone={REFUNDS[of] ?? "plain"} text={t(`refund.${of}`)} />
);

import type { Refusal, RefusalCode } from "../refusal";
import { detail, type RestAnswer, type RestRequest } from "./answer";

/** How long a client should wait until the LMS may answer again, in seconds. */
const LMS_RETRY_SECONDS = 5;

type Answering = (refusal: Refusal, request: RestRequest) => RestAnswer;

/** What the original says of an entitlement that is of no use to the caller. */
export const GONE: RestAnswer = {
  status: 400,
  body: "The Entitlement for this UUID does not exist or is Expired.",
};

const said =
  (status: number, text?: string): Answering =>
  ({ message }) => ({ status, body: { message: text ?? message } });

const refused = said(400);
/** What passes by itself: the same request can succeed later. */
const passing = said(409);
const foreignRun = said(400, "The Course Run ID is not a match for this Course Entitlement.");

const notEnrolled: Answering = (_, { actor, entitlementId, fields }) => ({
  status: 400,
  body: {
    message: `Course Entitlement Enroll for ${actor.username} failed for course: ${String(fields["course_run_id"])}, and entitlement: ${entitlementId}`,
  },
});

const unavailableRun: Answering = (refusal, request) =>
  refusal.details.blocker === "RUN_UNKNOWN"
    ? foreignRun(refusal, request)
    : {
        status: 400,
        body: {
          message: `The User is unable to enroll in Course Run ${String(request.fields["course_run_id"])}, it is not available.`,
        },
      };

/** The answer to each refusal of a command: in the words of the original where it refuses the same. */
export const REFUSAL_ANSWERS: Record<RefusalCode, Answering> = {
  ENTITLEMENT_NOT_FOUND: () => detail(404, "Not found."),
  ENTITLEMENT_EXPIRED: () => GONE,
  ENTITLEMENT_REFUNDED: refused,
  ENTITLEMENT_NOT_REDEEMABLE: refused,
  ENTITLEMENT_NOT_REGAINABLE: refused,
  ENTITLEMENT_NOT_RENEWABLE: refused,
  COURSE_RUN_NOT_IN_COURSE: foreignRun,
  COURSE_RUN_NOT_AVAILABLE: unavailableRun,
  ALREADY_ENROLLED_IN_PAID_MODE: notEnrolled,
  USER_NOT_FOUND: (_, { fields }) =>
    "user" in fields
      ? { status: 400, body: { user: [`Object with username=${String(fields["user"])} does not exist.`] } }
      : detail(404, "Not found."),
  SUPPORT_AGENT_NOT_FOUND: refused,
  MODE_INVALID: () => ({ status: 400, body: { mode: ["This course mode is not sold."] } }),
  ORDER_ALREADY_USED: () => ({
    status: 400,
    body: { non_field_errors: ["The fields course_uuid, order_number must make a unique set."] },
  }),
  POLICY_NOT_FOUND: refused,
  POLICY_CONFLICT: refused,
  POLICY_IN_USE: refused,
  POLICY_INVALID: refused,
  SITE_NOT_FOUND: refused,
  HISTORY_ENTRY_NOT_FOUND: refused,
  ENTITLEMENT_NOT_REFUNDABLE: (refusal, request) =>
    refusal.details.blocker === "EXPIRED"
      ? GONE
      : said(400, "Entitlement refund failed, Entitlement is not refundable")(refusal, request),
  REFUND_PENDING: passing,
  PENDING_ENROLLMENT: passing,
  LMS_UNAVAILABLE: ({ message }) => detail(503, message, { "retry-after": String(LMS_RETRY_SECONDS) }),
  ENROLLMENT_REFUSED: notEnrolled,
  ENROLLMENT_CALL_NOT_FOUND: refused,
  ENROLLMENT_CALL_ENDED: refused,
  REFUND_FAILED: said(500, "Entitlement revoke and refund failed due to refund internal process failure"),
  REFUND_UNAVAILABLE: said(
    500,
    "Entitlement revoke and refund failed due to refund internal process failure",
  ),
  REFUND_NOT_FOUND: refused,
  REFUND_NOT_IN_REVIEW: refused,
  COUNT_NOT_CONFIRMED: refused,
  WEBHOOK_NOT_FOUND: refused,
  WEBHOOK_URL_INVALID: refused,
  WEBHOOKS_TOO_MANY: refused,
  CONFLICT: passing,
};

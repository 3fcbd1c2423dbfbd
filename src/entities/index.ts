import { Certificate } from "./certificate";
import { CourseEnrollment } from "./course-enrollment";
import { CourseEntitlement } from "./course-entitlement";
import { CourseEntitlementPolicy } from "./course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "./course-entitlement-support-detail";
import { CourseMode } from "./course-mode";
import { CourseRun } from "./course-run";
import { Refund } from "./refund";
import { Site } from "./site";
import { SupportAgent } from "./accounts/support-agent";
import { UserAccount } from "./accounts/user-account";
import { Webhook } from "./webhooks/webhook";
import { WebhookChannel } from "./webhooks/webhook-channel";
import { WebhookDelivery } from "./webhooks/webhook-delivery";

/** Everything that is stored, for the data source. */
export const entities = [
  Certificate,
  CourseEnrollment,
  CourseEntitlement,
  CourseEntitlementPolicy,
  CourseEntitlementSupportDetail,
  CourseMode,
  CourseRun,
  Refund,
  Site,
  SupportAgent,
  UserAccount,
  Webhook,
  WebhookChannel,
  WebhookDelivery,
];

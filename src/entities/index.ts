import { Certificate } from "./certificate";
import { CourseEnrollment } from "./course-enrollment";
import { CourseEntitlement } from "./course-entitlement";
import { CourseEntitlementPolicy } from "./course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "./course-entitlement-support-detail";
import { CourseMode } from "./course-mode";
import { CourseRun } from "./course-run";
import { EnrollmentCall } from "./enrollment-call";
import { ReconcileDue } from "./lms/reconcile-due";
import { SeenEvent } from "./lms/seen-event";
import { HistoryErasure } from "./accounts/history-erasure";
import { ImportedRow } from "./moving/imported-row";
import { ImportSource } from "./moving/import-source";
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
  EnrollmentCall,
  ReconcileDue,
  HistoryErasure,
  ImportedRow,
  ImportSource,
  Refund,
  SeenEvent,
  Site,
  SupportAgent,
  UserAccount,
  Webhook,
  WebhookChannel,
  WebhookDelivery,
];

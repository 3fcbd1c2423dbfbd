import { Column, Index } from "typeorm";
import { Certificate, CertificateColumns } from "../entities/certificate";
import { CourseEnrollment, CourseEnrollmentColumns } from "../entities/course-enrollment";
import { CourseEntitlement, CourseEntitlementColumns } from "../entities/course-entitlement";
import {
  CourseEntitlementPolicy,
  CourseEntitlementPolicyColumns,
} from "../entities/course-entitlement-policy";
import {
  CourseEntitlementSupportDetail,
  CourseEntitlementSupportDetailColumns,
} from "../entities/course-entitlement-support-detail";
import { CourseRun, CourseRunColumns } from "../entities/course-run";
import { HistoryErasure, HistoryErasureColumns } from "../entities/accounts/history-erasure";
import { SupportAgent, SupportAgentColumns } from "../entities/accounts/support-agent";
import { Refund, RefundColumns } from "../entities/refund";
import { Webhook, WebhookColumns } from "../entities/webhooks/webhook";
import { Historical, HistoryColumns } from "./history-columns";

/** An entitlement as it was after a change. */
@Historical("course_entitlement")
@Index("historical_course_entitlement_of_user_idx", ["userId"])
@Index("historical_course_entitlement_of_course_idx", ["courseUuid"])
@Index("historical_course_entitlement_of_order_idx", ["orderNumber"], { where: "order_number is not null" })
@Index("historical_course_entitlement_begun_idx", ["createdAt", "id", "history.date", "history.id"], {
  where: "history_type = '+'",
})
export class HistoricalCourseEntitlement extends CourseEntitlementColumns {
  @Column("uuid")
  id!: string;

  @Column("bigint", { nullable: true })
  userId!: string;

  @Column("uuid", { nullable: true })
  policyId!: string | null;

  @Column("uuid", { nullable: true })
  enrollmentId!: string | null;

  @Column("uuid", { nullable: true })
  pendingEnrollmentId!: string | null;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** A support detail as it was after a change. */
@Historical("course_entitlement_support_detail")
@Index("historical_course_entitlement_support_detail_entitlement_id_idx", ["entitlementId", "history.id"])
export class HistoricalCourseEntitlementSupportDetail extends CourseEntitlementSupportDetailColumns {
  @Column("uuid")
  id!: string;

  @Column("uuid", { nullable: true })
  entitlementId!: string;

  @Column("bigint", { nullable: true })
  supportUserId!: string | null;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** A policy as it was after a change. */
@Historical("course_entitlement_policy")
export class HistoricalCourseEntitlementPolicy extends CourseEntitlementPolicyColumns {
  @Column("uuid")
  id!: string;

  @Column("bigint", { nullable: true })
  siteId!: string | null;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** A refund as it was after a change. */
@Historical("refund")
@Index("historical_refund_entitlement_id_idx", ["entitlementId", "history.id"])
export class HistoricalRefund extends RefundColumns {
  @Column("uuid")
  id!: string;

  @Column("uuid", { nullable: true })
  entitlementId!: string;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** An enrollment as it was after a change. */
@Historical("course_enrollment")
@Index("historical_course_enrollment_of_user_idx", ["userId"])
export class HistoricalCourseEnrollment extends CourseEnrollmentColumns {
  @Column("uuid")
  id!: string;

  @Column("bigint", { nullable: true })
  userId!: string;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** A certificate as it was after a change. */
@Historical("certificate")
@Index("historical_certificate_of_run_idx", ["userId", "courseRunKey"])
export class HistoricalCertificate extends CertificateColumns {
  @Column("uuid")
  id!: string;

  @Column("bigint", { nullable: true })
  userId!: string;

  @Column("varchar", { length: 255 })
  courseRunKey!: string;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** A run as it was after a change. */
@Historical("course_run")
@Index("historical_course_run_key_idx", ["key"])
export class HistoricalCourseRun extends CourseRunColumns {
  @Column("uuid")
  id!: string;

  @Column("varchar", { length: 255 })
  key!: string;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** A support agent as it was after a change. */
@Historical("support_agent")
export class HistoricalSupportAgent extends SupportAgentColumns {
  @Column("uuid")
  id!: string;

  @Column("bigint", { nullable: true })
  userId!: string;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** An erasure as it was recorded. */
@Historical("history_erasure")
export class HistoricalHistoryErasure extends HistoryErasureColumns {
  @Column("uuid")
  id!: string;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** A webhook as it was after a change. */
@Historical("webhook")
export class HistoricalWebhook extends WebhookColumns {
  @Column("uuid")
  id!: string;

  @Column(() => HistoryColumns)
  history!: HistoryColumns;
}

/** Every tracked entity with its history. */
export const tracked = new Map<object, new () => { id: string; history: HistoryColumns }>([
  [CourseEntitlement, HistoricalCourseEntitlement],
  [CourseEntitlementSupportDetail, HistoricalCourseEntitlementSupportDetail],
  [CourseEntitlementPolicy, HistoricalCourseEntitlementPolicy],
  [Refund, HistoricalRefund],
  [CourseEnrollment, HistoricalCourseEnrollment],
  [Certificate, HistoricalCertificate],
  [CourseRun, HistoricalCourseRun],
  [SupportAgent, HistoricalSupportAgent],
  [Webhook, HistoricalWebhook],
  [HistoryErasure, HistoricalHistoryErasure],
]);

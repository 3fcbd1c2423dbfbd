import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from "typeorm";
import { DEFAULT_PERIODS } from "../rules/entitlement-rules";
import { DurationColumn, InstantColumn, InstantsCheck } from "./columns";
import type { TrackedFields } from "../store/rows/fields";

const noMonths = (column: string) =>
  `extract(year from ${column}) = 0 and extract(month from ${column}) = 0 and ${column} >= interval '0'`;

/** The modes that a policy can be for. The professional modes share one. */
export const POLICY_MODES = ["verified", "professional"] as const;

/** The columns of a policy, which its history shares. */
export abstract class CourseEntitlementPolicyColumns {
  @DurationColumn({ name: "expiration_period", defaultMs: DEFAULT_PERIODS.expirationMs })
  expirationMs!: number;

  @DurationColumn({ name: "refund_period", defaultMs: DEFAULT_PERIODS.refundMs })
  refundMs!: number;

  @DurationColumn({ name: "regain_period", defaultMs: DEFAULT_PERIODS.regainMs })
  regainMs!: number;

  /** Null applies to any mode. The professional modes share `professional`. */
  @Column("varchar", { length: 32, nullable: true })
  mode!: string | null;

  /** The instant from which new entitlements no longer get it; entitlements that have it keep it. */
  @InstantColumn({ nullable: true })
  retiredAt!: Date | null;
}

/** How long an entitlement lasts, and how long it can be refunded and regained, by site and mode. */
@Entity("course_entitlement_policy")
@InstantsCheck("course_entitlement_policy")
@Index("course_entitlement_policy_site_id_mode_key", ["siteId", "mode"], {
  unique: true,
  where: "retired_at is null",
})
@Check("course_entitlement_policy_mode_check", "mode in ('verified', 'professional')")
@Check("course_entitlement_policy_expiration_period_check", noMonths("expiration_period"))
@Check("course_entitlement_policy_refund_period_check", noMonths("refund_period"))
@Check("course_entitlement_policy_regain_period_check", noMonths("regain_period"))
export class CourseEntitlementPolicy extends CourseEntitlementPolicyColumns {
  @PrimaryGeneratedColumn("uuid")
  id!: string;

  /** Null applies to any site. */
  @Column("bigint", { nullable: true })
  @ForeignKey("Site", { onDelete: "RESTRICT" })
  siteId!: string | null;
}

/** How each field of a policy is read, and told in its history. */
export const COURSE_ENTITLEMENT_POLICY_FIELDS: TrackedFields<CourseEntitlementPolicy> = {
  id: { kind: "id", told: "nobody" },
  expirationMs: {
    kind: "duration",
    column: "expiration_period",
    told: "everyone",
    as: "expirationPeriod",
  },
  refundMs: { kind: "duration", column: "refund_period", told: "everyone", as: "refundPeriod" },
  regainMs: { kind: "duration", column: "regain_period", told: "everyone", as: "regainPeriod" },
  mode: { kind: "value", told: "everyone" },
  siteId: { kind: "value", told: "everyone", as: "site" },
  retiredAt: { kind: "instant", told: "everyone" },
};

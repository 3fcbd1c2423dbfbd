import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from "typeorm";
import { PENDING_REFUND_STATES } from "../rules/entitlement-rules";
import type { RefundAnswer, RefundState } from "../rules/refund-rules";
import { InstantColumn, InstantsCheck } from "./columns";
import type { TrackedFields } from "../store/rows/fields";

/** The columns of a refund, which its history shares. */
export abstract class RefundColumns {
  /** The order at the time of the request. */
  @Column("varchar", { length: 128 })
  orderNumber!: string;

  @Column("varchar", { length: 16 })
  state!: RefundState;

  /**
   * The number of the current attempt, from 1; 0 while the shop has not been asked. The answer to an earlier attempt is
   * ignored.
   */
  @Column("integer", { default: 1 })
  attempt!: number;

  /** The instant at which the current attempt or the pause after it ends; null when no more attempts are made. */
  @InstantColumn({ nullable: true })
  nextAttemptAt!: Date | null;

  /** The latest answer of the shop; null before the first answer. */
  @Column("varchar", { length: 8, nullable: true })
  answer!: RefundAnswer | null;

  /** The shop's code for a refusal, or why its answer is not known; never shown to learners. */
  @Column("varchar", { length: 200, nullable: true })
  detail!: string | null;

  /** What the shop calls the refunds it made. */
  @Column("text", { array: true, default: () => "'{}'" })
  shopReferences!: string[];

  @InstantColumn()
  createdAt!: Date;

  @InstantColumn()
  modifiedAt!: Date;
}

/** A request to refund the order of an entitlement. The table is both the queue and the list for operators. */
@Entity("refund")
@InstantsCheck("refund")
@Check("refund_state_check", "state in ('REQUESTED', 'IN_DOUBT', 'SUCCEEDED', 'FAILED', 'NEEDS_REVIEW')")
@Check("refund_answer_check", "answer in ('ACCEPTED', 'REFUSED', 'NOT_SENT', 'NOT_YET', 'UNKNOWN')")
@Check("refund_attempt_check", "attempt >= 0")
@Check("refund_next_attempt_at_check", "(next_attempt_at is not null) = (state in ('REQUESTED', 'IN_DOUBT'))")
@Index("refund_live_key", ["entitlementId"], { unique: true, where: "state <> 'FAILED'" })
@Index("refund_next_attempt_at_idx", ["nextAttemptAt"], { where: "next_attempt_at is not null" })
@Index("refund_entitlement_id_idx", ["entitlementId", "createdAt", "id"])
@Index("refund_created_at_idx", ["createdAt", "id"])
@Index("refund_state_idx", ["state", "createdAt", "id"])
@Index("refund_order_number_idx", ["orderNumber"])
export class Refund extends RefundColumns {
  @PrimaryGeneratedColumn("uuid")
  id!: string;

  @Column("uuid")
  @ForeignKey("CourseEntitlement", { onDelete: "CASCADE" })
  entitlementId!: string;
}

/** How each field of a refund is read, and told in its history. What the shop said is for support, who may have to end it. */
export const REFUND_FIELDS: TrackedFields<Refund> = {
  id: { kind: "id", told: "nobody" },
  entitlementId: { kind: "entitlement", told: "everyone", as: "entitlement" },
  orderNumber: { kind: "value", told: "everyone" },
  state: { kind: "value", told: "everyone" },
  attempt: { kind: "value", told: "everyone", as: "attempts" },
  nextAttemptAt: { kind: "instant", told: "everyone" },
  answer: { kind: "value", told: "support" },
  detail: { kind: "value", told: "support" },
  shopReferences: { kind: "value", told: "everyone" },
  createdAt: { kind: "stamp", told: "everyone" },
  modifiedAt: { kind: "stamp", told: "everyone" },
};

/** Whether a refund is pending, for a statement that has it as `f`. */
export const IS_REFUND_PENDING = `f.state in (${PENDING_REFUND_STATES.map((state) => `'${state}'`).join(", ")})`;

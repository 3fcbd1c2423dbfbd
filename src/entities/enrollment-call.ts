import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from "typeorm";
import { CALL_STATES, OPEN_CALL_STATES, type CallState } from "../rules/lms/enrollment-call-rules";
import { InstantColumn, InstantsCheck } from "./columns";

const oneOf = (states: readonly CallState[]) =>
  `state in (${states.map((state) => `'${state}'`).join(", ")})`;

/** Whether a call has not ended, for a statement that has it as `c`. */
export const IS_CALL_OPEN = `c.${oneOf(OPEN_CALL_STATES)}`;

/**
 * Whether a call is in one of these states, for a statement that has it as `c`. They are part of the statement, as the
 * planner has to know whether they are rare.
 */
export function isCallIn(states: readonly CallState[]): string {
  const known = CALL_STATES.filter((state) => states.includes(state));
  return known.length > 0 ? `c.${oneOf(known)}` : "false";
}

/**
 * What the LMS is asked to do with an enrollment: the latest wish only, as a later one replaces an earlier one. The table
 * is both the queue and the list for operators. Its id is that of the enrollment.
 */
@Entity("enrollment_call")
@InstantsCheck("enrollment_call")
@Check("enrollment_call_state_check", oneOf(CALL_STATES))
@Check("enrollment_call_attempt_check", "attempt >= 0")
@Check(
  "enrollment_call_next_attempt_at_check",
  "(next_attempt_at is not null) = (state in ('REQUESTED', 'IN_DOUBT'))",
)
@Index("enrollment_call_entitlement_id_idx", ["entitlementId", "createdAt", "id"])
@Index("enrollment_call_next_attempt_at_idx", ["nextAttemptAt"], { where: "next_attempt_at is not null" })
@Index("enrollment_call_created_at_idx", ["createdAt", "id"])
@Index("enrollment_call_state_idx", ["state", "createdAt", "id"])
export class EnrollmentCall {
  @PrimaryColumn("uuid")
  @ForeignKey("CourseEnrollment", { onDelete: "CASCADE" })
  id!: string;

  /** The mode in which the enrollment is to be active; null when it is to end. */
  @Column("varchar", { length: 100, nullable: true })
  mode!: string | null;

  /** The modes that may be changed or ended; an active enrollment in another mode stays as it is. */
  @Column("text", { array: true })
  changeableModes!: string[];

  /** Whether a learner who is not enrolled is enrolled. */
  @Column("boolean")
  mayEnroll!: boolean;

  /**
   * The entitlement whose change is to be made in the LMS; its `pendingEnrollmentId` tells whether it waits for this call.
   * Null only for what was asked before this was recorded.
   */
  @Column("uuid", { nullable: true })
  @ForeignKey("CourseEntitlement", { onDelete: "CASCADE" })
  entitlementId!: string | null;

  @Column("varchar", { length: 16 })
  state!: CallState;

  /** The number of the current attempt, over all wishes; the answer to an earlier attempt is ignored. */
  @Column("integer")
  attempt!: number;

  @InstantColumn({ nullable: true })
  nextAttemptAt!: Date | null;

  /** No attempt up to this one has changed anything in the LMS; one after it may have. */
  @Column("integer")
  unsentTo!: number;

  /** Until when an earlier request may still take effect in the LMS against a later wish; null when none may. */
  @InstantColumn({ nullable: true })
  quietAt!: Date | null;

  /** Why the LMS has not done it, as a code or a word for operators. */
  @Column("varchar", { length: 200, nullable: true })
  detail!: string | null;

  /** When an agent last had the LMS asked again, from which attempts count as new; null when nobody has. */
  @InstantColumn({ nullable: true })
  retriedAt!: Date | null;

  /** When the wish was recorded. */
  @InstantColumn()
  createdAt!: Date;

  @InstantColumn()
  modifiedAt!: Date;
}

import { Check, Column, Entity, Index, PrimaryColumn } from "typeorm";
import { LOOK_REASONS, type LookReason } from "../../rules/lms/look-rules";
import { InstantColumn, InstantsCheck } from "../columns";

/**
 * What is to be read from the LMS again, because an event has told that it may have changed. Repeated hints at the same
 * thing are one row.
 */
@Entity("reconcile_due")
@InstantsCheck("reconcile_due")
@Check("reconcile_due_reason_check", `reason in (${LOOK_REASONS.map((reason) => `'${reason}'`).join(", ")})`)
@Check("reconcile_due_attempt_check", "attempt >= 0")
@Index("reconcile_due_due_at_idx", ["dueAt"])
export class ReconcileDue {
  /** The LMS user id; 0 where it is a run that has changed. */
  @PrimaryColumn("bigint")
  userId!: string;

  /** Empty where it is the account that has changed, or any enrollment of the learner. */
  @PrimaryColumn("varchar", { length: 255 })
  runKey!: string;

  @PrimaryColumn("varchar", { length: 16 })
  reason!: LookReason;

  /** Counts up with each hint, so that one that comes while the LMS is read is not taken for done. */
  @Column("integer")
  hints!: number;

  /** How often the LMS has been asked since the first hint. */
  @Column("integer")
  attempt!: number;

  /** When the first of these hints came, by PostgreSQL's clock. */
  @InstantColumn()
  notedAt!: Date;

  /** When the LMS is asked, or asked again, by PostgreSQL's clock. */
  @InstantColumn()
  dueAt!: Date;
}

import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from "typeorm";
import { InstantColumn } from "../store/columns";
import { UserAccount } from "./user-account";

/** A learner's enrollment in one run. Leaving the run makes it inactive; the row stays and is used again. */
@Entity("course_enrollment")
@Unique("course_enrollment_user_id_course_run_key_key", ["userId", "courseRunKey"])
@Index("course_enrollment_active_idx", ["courseRunKey"], { where: "is_active" })
export class CourseEnrollment {
  @PrimaryGeneratedColumn("uuid", { primaryKeyConstraintName: "course_enrollment_pkey" })
  id!: string;

  @Column("bigint", { name: "user_id" })
  @ForeignKey(() => UserAccount, { name: "course_enrollment_user_id_fkey", onDelete: "CASCADE" })
  userId!: string;

  /** No foreign key: an enrollment may outlive the catalog's knowledge of its run. */
  @Column("varchar", { name: "course_run_key", length: 255 })
  courseRunKey!: string;

  @Column("varchar", { length: 100, default: "audit" })
  mode!: string;

  @Column("boolean", { name: "is_active", default: true })
  isActive!: boolean;

  /** When the learner first enrolled; null in old imports. */
  @InstantColumn("created_at", { nullable: true })
  createdAt!: Date | null;
}

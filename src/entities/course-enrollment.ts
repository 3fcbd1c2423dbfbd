import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from "typeorm";
import { InstantColumn, InstantsCheck } from "./columns";
import type { TrackedFields } from "../store/rows/fields";

/** The columns of an enrollment, which its history shares. */
export abstract class CourseEnrollmentColumns {
  /** No foreign key: the catalog may no longer have the run of an enrollment. */
  @Column("varchar", { length: 255 })
  courseRunKey!: string;

  @Column("varchar", { length: 100, default: "audit" })
  mode!: string;

  @Column("boolean", { default: true })
  isActive!: boolean;

  /** When the learner first enrolled; null in old imports. */
  @InstantColumn({ nullable: true })
  createdAt!: Date | null;
}

/** A learner's enrollment in one run. Leaving the run makes it inactive; the row stays and is used again. */
@Entity("course_enrollment")
@InstantsCheck("course_enrollment")
@Unique(["userId", "courseRunKey"])
@Index("course_enrollment_active_idx", ["courseRunKey"], { where: "is_active" })
export class CourseEnrollment extends CourseEnrollmentColumns {
  @PrimaryGeneratedColumn("uuid")
  id!: string;

  @Column("bigint")
  @ForeignKey("UserAccount", { onDelete: "CASCADE" })
  userId!: string;

  /** When the LMS last told us of the enrollment; null when it never has. Its history does not have it. */
  @InstantColumn({ nullable: true })
  seenAt!: Date | null;
}

/** How each field of an enrollment is read, and told in its history. */
export const COURSE_ENROLLMENT_FIELDS: TrackedFields<CourseEnrollment> = {
  id: { kind: "id", told: "nobody" },
  userId: { kind: "user", told: "everyone", as: "user" },
  courseRunKey: { kind: "run", told: "everyone", as: "courseRun" },
  mode: { kind: "value", told: "everyone" },
  isActive: { kind: "value", told: "everyone" },
  createdAt: { kind: "instant", told: "everyone", as: "enrolledAt" },
  seenAt: { kind: "instant", told: "nobody" },
};

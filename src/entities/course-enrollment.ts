import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from "typeorm";
import { InstantColumn, InstantsCheck } from "./columns";
import type { Fields } from "../store/rows/fields";

/** A learner's enrollment in one run. Leaving the run makes it inactive; the row stays and is used again. */
@Entity("course_enrollment")
@InstantsCheck("course_enrollment")
@Unique(["userId", "courseRunKey"])
@Index("course_enrollment_active_idx", ["courseRunKey"], { where: "is_active" })
export class CourseEnrollment {
  @PrimaryGeneratedColumn("uuid")
  id!: string;

  @Column("bigint")
  @ForeignKey("UserAccount", { onDelete: "CASCADE" })
  userId!: string;

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

  /** When the LMS last told us of the enrollment; null when it never has. */
  @InstantColumn({ nullable: true })
  seenAt!: Date | null;
}

/** How each field of an enrollment is read. */
export const COURSE_ENROLLMENT_FIELDS: Fields<CourseEnrollment> = {
  id: { kind: "id" },
  userId: { kind: "user" },
  courseRunKey: { kind: "run" },
  mode: { kind: "value" },
  isActive: { kind: "value" },
  createdAt: { kind: "instant" },
  seenAt: { kind: "instant" },
};

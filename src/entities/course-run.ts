import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../store/columns";

/** One dated run of a course, as the catalog describes it. */
@Entity("course_run")
@Index("course_run_course_uuid_idx", ["courseUuid", "startsAt"])
export class CourseRun {
  @PrimaryColumn("varchar", { length: 255, primaryKeyConstraintName: "course_run_pkey" })
  key!: string;

  /** Null when the catalog does not say which course the run belongs to. */
  @Column("uuid", { name: "course_uuid", nullable: true })
  courseUuid!: string | null;

  @Column("varchar", { length: 255, default: "" })
  title!: string;

  @Column("varchar", { length: 255, default: "" })
  org!: string;

  @Column("varchar", { length: 255, default: "" })
  number!: string;

  @Column("varchar", { name: "level_type", length: 255, nullable: true })
  levelType!: string | null;

  @Column("text", { name: "image_url", nullable: true })
  imageUrl!: string | null;

  @Column("text", { name: "marketing_url", nullable: true })
  marketingUrl!: string | null;

  @Column("boolean", { name: "is_self_paced", default: false })
  isSelfPaced!: boolean;

  @InstantColumn("starts_at", { nullable: true })
  startsAt!: Date | null;

  @InstantColumn("ends_at", { nullable: true })
  endsAt!: Date | null;

  @InstantColumn("enrollment_starts_at", { nullable: true })
  enrollmentStartsAt!: Date | null;

  @InstantColumn("enrollment_ends_at", { nullable: true })
  enrollmentEndsAt!: Date | null;

  /** How many learners may be enrolled at once; null means without limit. */
  @Column("integer", { name: "max_enrollments", nullable: true })
  maxEnrollments!: number | null;
}

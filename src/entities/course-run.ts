import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { InstantColumn, InstantsCheck } from "./columns";
import type { Fields } from "../store/rows/fields";

/** One dated run of a course, as the catalog describes it. */
@Entity("course_run")
@InstantsCheck("course_run")
@Index("course_run_course_key_idx", { synchronize: false })
@Index("course_run_words_idx", { synchronize: false })
@Index("course_run_course_uuid_idx", ["courseUuid", "startsAt"])
export class CourseRun {
  @PrimaryColumn("varchar", { length: 255 })
  key!: string;

  /** Null when the catalog does not say which course the run belongs to. */
  @Column("uuid", { nullable: true })
  courseUuid!: string | null;

  @Column("varchar", { length: 255, default: "" })
  title!: string;

  @Column("varchar", { length: 255, default: "" })
  org!: string;

  @Column("varchar", { length: 255, default: "" })
  number!: string;

  @Column("varchar", { length: 255, nullable: true })
  levelType!: string | null;

  @Column("text", { nullable: true })
  imageUrl!: string | null;

  @Column("text", { nullable: true })
  marketingUrl!: string | null;

  @Column("boolean", { default: false })
  isSelfPaced!: boolean;

  @InstantColumn({ nullable: true })
  startsAt!: Date | null;

  @InstantColumn({ nullable: true })
  endsAt!: Date | null;

  @InstantColumn({ nullable: true })
  enrollmentStartsAt!: Date | null;

  @InstantColumn({ nullable: true })
  enrollmentEndsAt!: Date | null;

  /** How many learners may be enrolled at once; null means without limit. */
  @Column("integer", { nullable: true })
  maxEnrollments!: number | null;

  /** When the catalog last told us of the run; null when it never has. */
  @InstantColumn({ nullable: true })
  seenAt!: Date | null;
}

/** How each field of a run is read. */
export const COURSE_RUN_FIELDS: Fields<CourseRun> = {
  key: { kind: "id" },
  courseUuid: { kind: "value" },
  title: { kind: "value" },
  org: { kind: "value" },
  number: { kind: "value" },
  levelType: { kind: "value" },
  imageUrl: { kind: "value" },
  marketingUrl: { kind: "value" },
  isSelfPaced: { kind: "value" },
  startsAt: { kind: "instant" },
  endsAt: { kind: "instant" },
  enrollmentStartsAt: { kind: "instant" },
  enrollmentEndsAt: { kind: "instant" },
  maxEnrollments: { kind: "value" },
  seenAt: { kind: "instant" },
};

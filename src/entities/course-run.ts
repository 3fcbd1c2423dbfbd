import { Column, Entity, Generated, Index, PrimaryColumn, Unique } from "typeorm";
import { InstantColumn, InstantsCheck } from "./columns";
import type { TrackedFields } from "../store/rows/fields";

/** The columns of a run, which its history shares. */
export abstract class CourseRunColumns {
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
}

/** One dated run of a course, as the catalog describes it. */
@Entity("course_run")
@InstantsCheck("course_run")
@Unique(["id"])
@Index("course_run_course_key_idx", { synchronize: false })
@Index("course_run_words_idx", { synchronize: false })
@Index("course_run_course_uuid_idx", ["courseUuid", "startsAt"])
export class CourseRun extends CourseRunColumns {
  @PrimaryColumn("varchar", { length: 255 })
  key!: string;

  /** By which its history knows it. */
  @Column("uuid")
  @Generated("uuid")
  id!: string;

  /** When the catalog last told us of the run; null when it never has. Its history does not have it. */
  @InstantColumn({ nullable: true })
  seenAt!: Date | null;
}

/** How each field of a run is read, and told in its history. */
export const COURSE_RUN_FIELDS: TrackedFields<CourseRun> = {
  key: { kind: "value", told: "everyone" },
  id: { kind: "id", told: "nobody" },
  courseUuid: { kind: "course", told: "everyone" },
  title: { kind: "value", told: "everyone" },
  org: { kind: "value", told: "everyone" },
  number: { kind: "value", told: "everyone" },
  levelType: { kind: "value", told: "everyone" },
  imageUrl: { kind: "value", told: "everyone" },
  marketingUrl: { kind: "value", told: "everyone" },
  isSelfPaced: { kind: "value", told: "everyone" },
  startsAt: { kind: "instant", told: "everyone" },
  endsAt: { kind: "instant", told: "everyone" },
  enrollmentStartsAt: { kind: "instant", told: "everyone" },
  enrollmentEndsAt: { kind: "instant", told: "everyone" },
  maxEnrollments: { kind: "value", told: "everyone" },
  seenAt: { kind: "instant", told: "nobody" },
};

import { Column, Entity, ForeignKey, PrimaryColumn } from "typeorm";

/** A learner's certificate for one run. */
@Entity("certificate")
export class Certificate {
  @PrimaryColumn("bigint")
  @ForeignKey("UserAccount", { onDelete: "CASCADE" })
  userId!: string;

  @PrimaryColumn("varchar", {
    length: 255,
  })
  courseRunKey!: string;

  /** An Open edX certificate status, such as `downloadable`; unknown ones are kept. */
  @Column("varchar", { length: 32 })
  status!: string;
}

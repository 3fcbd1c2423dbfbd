import { Column, Entity, ForeignKey, PrimaryColumn } from "typeorm";
import { InstantColumn, InstantsCheck } from "./columns";

/** A learner's certificate for one run, or that the LMS has said that there is none. */
@Entity("certificate")
@InstantsCheck("certificate")
export class Certificate {
  @PrimaryColumn("bigint")
  @ForeignKey("UserAccount", { onDelete: "CASCADE" })
  userId!: string;

  @PrimaryColumn("varchar", {
    length: 255,
  })
  courseRunKey!: string;

  /** An Open edX certificate status, such as `downloadable`; unknown ones are kept. Null when there is no certificate. */
  @Column("varchar", { length: 32, nullable: true })
  status!: string | null;

  /** When the LMS last told us of the certificate; null when it never has. */
  @InstantColumn({ nullable: true })
  seenAt!: Date | null;
}

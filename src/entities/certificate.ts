import { Column, Entity, ForeignKey, PrimaryColumn } from "typeorm";
import { UserAccount } from "./user-account";

/** A learner's certificate for one run. */
@Entity("certificate")
export class Certificate {
  @PrimaryColumn("bigint", { name: "user_id", primaryKeyConstraintName: "certificate_pkey" })
  @ForeignKey(() => UserAccount, { name: "certificate_user_id_fkey", onDelete: "CASCADE" })
  userId!: string;

  @PrimaryColumn("varchar", {
    name: "course_run_key",
    length: 255,
    primaryKeyConstraintName: "certificate_pkey",
  })
  courseRunKey!: string;

  /** An Open edX certificate status, such as `downloadable`; unknown ones are kept. */
  @Column("varchar", { length: 32 })
  status!: string;
}

import { Column, Entity, Index, PrimaryColumn, Unique } from "typeorm";

/** An account of the installation. Its id is the LMS user id, which tokens carry. */
@Entity("user_account")
@Unique(["username"])
@Index("user_account_email_idx", ["email"])
@Index("user_account_username_lower_idx", { synchronize: false })
@Index("user_account_email_lower_idx", { synchronize: false })
export class UserAccount {
  @PrimaryColumn("bigint")
  id!: string;

  @Column("varchar", { length: 150 })
  username!: string;

  @Column("varchar", { length: 254, default: "" })
  email!: string;

  @Column("varchar", { length: 255, default: "" })
  name!: string;

  @Column("boolean", { default: true })
  isActive!: boolean;
}

import { Column, Entity, Index, PrimaryColumn, Unique } from "typeorm";
import { InstantColumn, InstantsCheck } from "../columns";

/** An account of the installation. Its id is the LMS user id, which tokens carry. */
@Entity("user_account")
@InstantsCheck("user_account")
@Unique(["username"])
@Index("user_account_username_lower_idx", { synchronize: false })
@Index("user_account_email_lower_idx", { synchronize: false })
export class UserAccount {
  @PrimaryColumn("bigint")
  id!: string;

  /** May change; `?` and the id while another account has it and the LMS has not told the new one. */
  @Column("varchar", { length: 150 })
  username!: string;

  /** Null where none is stored: nothing needs it but the search by it. */
  @Column("varchar", { length: 254, nullable: true })
  email!: string | null;

  /** The full name; null where none is stored: nothing needs it. */
  @Column("varchar", { length: 255, nullable: true })
  name!: string | null;

  @Column("boolean", { default: true })
  isActive!: boolean;

  /** When the LMS last told us of the account; null when it never has, or when the username is out of date. */
  @InstantColumn({ nullable: true })
  seenAt!: Date | null;

  /** When the account was forgotten; null otherwise. Its name stays as it is then, and it stays inactive. */
  @InstantColumn({ nullable: true })
  forgottenAt!: Date | null;
}

import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from "typeorm";
import type { TrackedFields } from "../../store/rows/fields";
import { InstantColumn, InstantsCheck } from "../columns";

/** The columns of a support agent, which its history shares. */
export abstract class SupportAgentColumns {
  /** Why the account was named last, or why that was withdrawn. */
  @Column("text")
  comments!: string;

  /** Since when it is no longer an agent; null while it is one. */
  @InstantColumn({ nullable: true })
  withdrawnAt!: Date | null;

  @InstantColumn()
  createdAt!: Date;

  @InstantColumn()
  modifiedAt!: Date;
}

/** An account that staff have named as a support agent, whatever the roles of its tokens; one row for good. */
@Entity("support_agent")
@InstantsCheck("support_agent")
@Unique(["userId"])
@Index("support_agent_created_at_idx", ["createdAt", "id"], { where: "withdrawn_at is null" })
export class SupportAgent extends SupportAgentColumns {
  @PrimaryGeneratedColumn("uuid")
  id!: string;

  @Column("bigint")
  @ForeignKey("UserAccount", { onDelete: "CASCADE" })
  userId!: string;
}

/** How each field of a support agent is read, and told in its history. */
export const SUPPORT_AGENT_FIELDS: TrackedFields<SupportAgent> = {
  id: { kind: "id", told: "nobody" },
  userId: { kind: "user", told: "everyone", as: "user" },
  comments: { kind: "value", told: "everyone" },
  withdrawnAt: { kind: "instant", told: "everyone" },
  createdAt: { kind: "stamp", told: "everyone" },
  modifiedAt: { kind: "stamp", told: "everyone" },
};

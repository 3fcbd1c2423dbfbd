import { Column, Entity, ForeignKey, PrimaryColumn } from "typeorm";
import { Webhook } from "./webhook";

/** What belongs to a webhook and has no history: what signs its messages, and how far it has come. */
@Entity("webhook_channel")
export class WebhookChannel {
  @PrimaryColumn("uuid")
  @ForeignKey(() => Webhook, { onDelete: "CASCADE" })
  webhookId!: string;

  /** As it was told to whoever created the webhook. Nothing reads it but what signs. */
  @Column("text", { select: false })
  secret!: string;

  /** Entries up to this id are not told: an earlier version, which followed the ids, has done so. */
  @Column("bigint")
  position!: string;

  /**
   * The position up to which every change has been delivered, or waits among the deliveries; null while it is not known
   * of a webhook that was there before positions.
   */
  @Column("bigint", { nullable: true })
  logPosition!: string | null;
}

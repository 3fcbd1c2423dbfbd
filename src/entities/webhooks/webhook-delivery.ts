import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from "typeorm";
import { InstantColumn, InstantsCheck } from "../columns";
import { Webhook } from "./webhook";

/** WAITING: for an earlier change of the same entitlement. PENDING: attempted until it is received. DEAD: given up. */
export const DELIVERY_STATES = ["WAITING", "PENDING", "DEAD"] as const;
/** What becomes of a delivery; one that was received is no longer there. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A change that a webhook has yet to tell, or could not tell. */
@Entity("webhook_delivery")
@InstantsCheck("webhook_delivery")
@Unique(["webhookId", "historyId"])
@Check("webhook_delivery_state_check", "state in ('WAITING', 'PENDING', 'DEAD')")
@Check("webhook_delivery_next_attempt_at_check", "(next_attempt_at is not null) = (state = 'PENDING')")
@Index("webhook_delivery_next_attempt_at_idx", ["nextAttemptAt"], { where: "next_attempt_at is not null" })
@Index("webhook_delivery_entitlement_id_idx", ["webhookId", "entitlementId", "historyId"])
export class WebhookDelivery {
  @PrimaryGeneratedColumn("uuid")
  id!: string;

  @Column("uuid")
  @ForeignKey(() => Webhook, { onDelete: "CASCADE" })
  webhookId!: string;

  /** The entry that it tells. */
  @Column("bigint")
  historyId!: string;

  /** The entitlement to which the entry belongs: its changes are told in their order. */
  @Column("uuid")
  entitlementId!: string;

  @Column("varchar", { length: 8 })
  state!: DeliveryState;

  /** The current attempt, from 1; 0 before the first. */
  @Column("integer")
  attempt!: number;

  @InstantColumn({ nullable: true })
  nextAttemptAt!: Date | null;

  /** The status or the cause with which the last attempt failed; null before. */
  @Column("varchar", { length: 100, nullable: true })
  detail!: string | null;

  /** Since when it is attempted; before, since when it waits. */
  @InstantColumn()
  createdAt!: Date;

  @InstantColumn()
  modifiedAt!: Date;
}

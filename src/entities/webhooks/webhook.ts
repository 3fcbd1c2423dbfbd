import { Check, Column, Entity, PrimaryGeneratedColumn } from "typeorm";
import type { TrackedFields } from "../../store/rows/fields";
import { InstantColumn, InstantsCheck } from "../columns";

/** The types of object whose changes a webhook can tell of. */
export const WEBHOOK_TYPES = ["COURSE_ENTITLEMENT", "REFUND"] as const;
/** A type of object whose changes a webhook can tell of. */
export type WebhookType = (typeof WEBHOOK_TYPES)[number];

/** The columns of a webhook, which its history shares. What signs its messages is not among them. */
export abstract class WebhookColumns {
  @Column("varchar", { length: 2_000 })
  url!: string;

  /** The types of object whose changes it tells of. */
  @Column("text", { array: true })
  entityTypes!: WebhookType[];

  /** Whether changes are told now; those that happen while it is false are told afterwards. */
  @Column("boolean", { default: true })
  isActive!: boolean;

  /** Why it was created, or changed last. */
  @Column("text")
  comments!: string;

  /** When its present secret was made. */
  @InstantColumn()
  secretMadeAt!: Date;

  /** The entry from which changes were last told again; null when they never were. */
  @Column("bigint", { nullable: true })
  replayedFrom!: string | null;

  /** When a message that tells of nothing was last sent; null when none was. */
  @InstantColumn({ nullable: true })
  testedAt!: Date | null;

  @InstantColumn()
  createdAt!: Date;

  @InstantColumn()
  modifiedAt!: Date;
}

/** An address of another system that is told of changes. */
@Entity("webhook")
@InstantsCheck("webhook")
@Check(
  "webhook_entity_types_check",
  "entity_types <@ array['COURSE_ENTITLEMENT', 'REFUND'] and entity_types <> '{}'",
)
export class Webhook extends WebhookColumns {
  @PrimaryGeneratedColumn("uuid")
  id!: string;
}

/** How each field of a webhook is read, and told in its history. */
export const WEBHOOK_FIELDS: TrackedFields<Webhook> = {
  id: { kind: "id", told: "nobody" },
  url: { kind: "value", told: "everyone" },
  entityTypes: { kind: "value", told: "everyone" },
  isActive: { kind: "value", told: "everyone" },
  comments: { kind: "value", told: "everyone" },
  secretMadeAt: { kind: "instant", told: "everyone" },
  replayedFrom: { kind: "value", told: "everyone" },
  testedAt: { kind: "instant", told: "everyone" },
  createdAt: { kind: "stamp", told: "everyone" },
  modifiedAt: { kind: "stamp", told: "everyone" },
};

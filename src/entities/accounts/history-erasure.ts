import { Column, Entity, PrimaryGeneratedColumn } from "typeorm";
import type { TrackedFields } from "../../store/rows/fields";
import { InstantColumn, InstantsCheck } from "../columns";

/** The columns of an erasure, which its history shares. */
export abstract class HistoryErasureColumns {
  /** Why. It must not name the user. */
  @Column("text")
  comments!: string;

  /** Of how many entries of history something was erased. */
  @Column("integer")
  entries!: number;

  @InstantColumn()
  createdAt!: Date;

  /** The LMS user id, which stays in history as a pseudonym; null for a retention by age. No foreign key: the account may be gone. */
  @Column("bigint", { nullable: true })
  userId!: string | null;

  /** The tracked type whose entries a retention by age has gone through; null for the erasure of a user. */
  @Column("text", { nullable: true })
  entityType!: string | null;

  /** The instant before which all of these entries count; null for the erasure of a user. */
  @InstantColumn({ nullable: true })
  coversUntil!: Date | null;
}

/** That history has forgotten names and words: of a user, or, in a retention by age, of all old entries. */
@Entity("history_erasure")
@InstantsCheck("history_erasure")
export class HistoryErasure extends HistoryErasureColumns {
  @PrimaryGeneratedColumn("uuid")
  id!: string;
}

/** How each field of an erasure is read, and told in its history. */
export const HISTORY_ERASURE_FIELDS: TrackedFields<HistoryErasure> = {
  id: { kind: "id", told: "nobody" },
  userId: { kind: "user", told: "everyone" },
  comments: { kind: "value", told: "everyone" },
  entries: { kind: "value", told: "everyone" },
  createdAt: { kind: "stamp", told: "everyone" },
  entityType: { kind: "value", told: "everyone" },
  coversUntil: { kind: "instant", told: "everyone" },
};

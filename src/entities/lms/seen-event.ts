import { Entity, Index, PrimaryColumn } from "typeorm";
import { InstantColumn, InstantsCheck } from "../columns";

/** An event of the LMS that has been heard of, so that it is not followed twice. It is kept for 30 days. */
@Entity("seen_event")
@InstantsCheck("seen_event")
@Index("seen_event_seen_at_idx", ["seenAt"])
export class SeenEvent {
  /** The id that its sender has given it. */
  @PrimaryColumn("varchar", { length: 255 })
  id!: string;

  @InstantColumn()
  seenAt!: Date;
}

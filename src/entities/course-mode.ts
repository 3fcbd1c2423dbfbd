import { Check, Column, Entity, Index, PrimaryColumn } from "typeorm";
import { InstantColumn, InstantsCheck } from "./columns";

/** A way to take a run: free or paid, with its price and upgrade deadline. */
@Entity("course_mode")
@InstantsCheck("course_mode")
@Index("course_mode_slug_idx", ["slug", "minPrice"])
@Check("course_mode_min_price_check", "min_price >= 0")
export class CourseMode {
  /** No foreign key: modes may be known before the run is. */
  @PrimaryColumn("varchar", {
    length: 255,
  })
  courseRunKey!: string;

  @PrimaryColumn("varchar", { length: 100 })
  slug!: string;

  @PrimaryColumn("varchar", { length: 8, default: "usd" })
  currency!: string;

  @Column("integer", { default: 0 })
  minPrice!: number;

  /** The upgrade deadline; null means open. */
  @InstantColumn({ nullable: true })
  expiresAt!: Date | null;

  @Column("varchar", { length: 255, nullable: true })
  sku!: string | null;
}

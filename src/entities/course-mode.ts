import { Check, Column, Entity, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../store/columns";

/** A way to take a run: free or paid, with its price and upgrade deadline. */
@Entity("course_mode")
@Check("course_mode_min_price_check", "min_price >= 0")
export class CourseMode {
  /** No foreign key: modes may be known before the run is. */
  @PrimaryColumn("varchar", {
    name: "course_run_key",
    length: 255,
    primaryKeyConstraintName: "course_mode_pkey",
  })
  courseRunKey!: string;

  @PrimaryColumn("varchar", { length: 100, primaryKeyConstraintName: "course_mode_pkey" })
  slug!: string;

  @PrimaryColumn("varchar", { length: 8, default: "usd", primaryKeyConstraintName: "course_mode_pkey" })
  currency!: string;

  @Column("integer", { name: "min_price", default: 0 })
  minPrice!: number;

  /** The upgrade deadline; null means open. */
  @InstantColumn("expires_at", { nullable: true })
  expiresAt!: Date | null;

  @Column("varchar", { length: 255, nullable: true })
  sku!: string | null;
}

import { Column, Entity, Index, PrimaryColumn } from "typeorm";

/** What a row of ours, or an entry of its history, was in the LMS that it was imported from. */
@Entity("imported_row")
@Index("imported_row_id_idx", ["id", "sourceTable"])
export class ImportedRow {
  /** Our table, such as `course_entitlement`, or `historical_` and its name for an entry of its history. */
  @PrimaryColumn("varchar", { length: 64 })
  sourceTable!: string;

  /** The id of the row in the LMS; of an entry, its history id there. */
  @PrimaryColumn("bigint")
  sourceId!: string;

  /** The id of our row. */
  @Column("uuid")
  id!: string;

  /** The newest entry of the row when it was imported, or the entry itself; null for rows without a history. */
  @Column("bigint", { nullable: true })
  entryId!: string | null;

  /** The MD5 of the row in the LMS; null for entries, for rows without a history, and once the LMS has deleted the row. */
  @Column("uuid", { nullable: true })
  checksum!: string | null;

  /** The columns of the LMS as text, by name, as far as they do not follow from our row exactly; null where all do. */
  @Column("jsonb", { nullable: true })
  original!: Record<string, unknown> | null;
}

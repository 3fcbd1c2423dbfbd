import { Column, Entity, PrimaryColumn } from "typeorm";
import { InstantColumn, InstantsCheck } from "../columns";

/** An LMS or a folder that was imported. */
@Entity("import_source")
@InstantsCheck("import_source")
export class ImportSource {
  /** Its address, without secrets. */
  @PrimaryColumn("text")
  name!: string;

  /** The instant as of which all of it is imported. */
  @InstantColumn()
  asOf!: Date;

  /** Whether a command follows it, or has stopped to without being told. */
  @Column("boolean", { default: false })
  isFollowed!: boolean;
}

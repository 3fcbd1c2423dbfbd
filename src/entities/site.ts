import { Column, Entity, PrimaryColumn, Unique } from "typeorm";

/** A host of the Open edX installation, to which policies can be limited. */
@Entity("site")
@Unique(["domain"])
export class Site {
  @PrimaryColumn("bigint")
  id!: string;

  @Column("varchar", { length: 100 })
  domain!: string;

  @Column("varchar", { length: 50 })
  name!: string;
}

import { Column, Entity, ForeignKey, Generated, PrimaryColumn, Unique } from "typeorm";
import { InstantColumn, InstantsCheck } from "./columns";
import type { TrackedFields } from "../store/rows/fields";

/** The columns of a certificate, which its history shares. */
export abstract class CertificateColumns {
  /** An Open edX certificate status, such as `downloadable`; unknown ones are kept. Null when there is no certificate. */
  @Column("varchar", { length: 32, nullable: true })
  status!: string | null;
}

/** A learner's certificate for one run, or that the LMS has said that there is none. */
@Entity("certificate")
@InstantsCheck("certificate")
@Unique(["id"])
export class Certificate extends CertificateColumns {
  /** By which its history knows it. */
  @Column("uuid")
  @Generated("uuid")
  id!: string;

  @PrimaryColumn("bigint")
  @ForeignKey("UserAccount", { onDelete: "CASCADE" })
  userId!: string;

  @PrimaryColumn("varchar", { length: 255 })
  courseRunKey!: string;

  /** When the LMS last told us of the certificate; null when it never has. Its history does not have it. */
  @InstantColumn({ nullable: true })
  seenAt!: Date | null;
}

/** How each field of a certificate is read, and told in its history. */
export const CERTIFICATE_FIELDS: TrackedFields<Certificate> = {
  id: { kind: "id", told: "nobody" },
  userId: { kind: "user", told: "everyone", as: "user" },
  courseRunKey: { kind: "run", told: "everyone", as: "courseRun" },
  status: { kind: "value", told: "everyone" },
  seenAt: { kind: "instant", told: "nobody" },
};

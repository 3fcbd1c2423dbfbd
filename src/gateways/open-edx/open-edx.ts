import type { CatalogGateway } from "./catalog-gateway";
import type { EnrollmentGateway } from "./enrollment-gateway";
import type { AccountGateway } from "./account-gateway";
import type { CertificateGateway } from "./certificate-gateway";

/**
 * What an Open edX installation keeps beside us: accounts, runs, enrollments and certificates. It is the LMS and its
 * catalog, or, where none is configured, our own tables.
 */
export interface OpenEdx {
  /** Whether our own tables hold the enrollments, so that no other system is ever asked. */
  readonly isEmbedded: boolean;
  /** Whether work that can wait should leave the systems to people who wait for them. */
  readonly isBusy: boolean;
  readonly enrollments: EnrollmentGateway;
  readonly accounts: AccountGateway;
  readonly catalog: CatalogGateway;
  readonly certificates: CertificateGateway;
}

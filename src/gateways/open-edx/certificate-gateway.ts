import type { EnrollmentKey } from "./enrollment-gateway";

/** The certificates of an installation. Rejects with HttpFailure when there is no answer that makes sense. */
export interface CertificateGateway {
  /** The status of a learner's certificate for a run, such as `downloadable`; null when there is none. */
  status(key: EnrollmentKey): Promise<string | null>;
}

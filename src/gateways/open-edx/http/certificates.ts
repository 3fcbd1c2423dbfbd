import { z } from "zod";
import { HttpFailure, type HttpAnswer } from "../../http-client";
import type { CertificateGateway } from "../certificate-gateway";
import type { EnrollmentKey } from "../enrollment-gateway";
import { inPath } from "./forms";
import type { OpenEdxSystem } from "./system";

const certificate = z.object({ status: z.string() });

/** The certificates of an LMS, by version 0 of its API, which is the only one. */
export class HttpCertificateGateway implements CertificateGateway {
  constructor(private readonly lms: OpenEdxSystem) {}

  async status({ username, courseRunKey }: EnrollmentKey): Promise<string | null> {
    const path = `/api/certificates/v0/certificates/${inPath(username)}/courses/${inPath(courseRunKey)}/`;
    return (await this.lms.get(path, certificate, isMissing))?.status ?? null;
  }
}

/** Whether the LMS says that there is no certificate. Throws HttpFailure when it has one whose status it does not tell. */
function isMissing({ status, text }: HttpAnswer): boolean {
  if (status !== 404) return false;
  if (text.includes("no_certificate_configuration_for_course")) throw new HttpFailure("STATUS_UNKNOWN", true);
  return text.includes("no_certificate_for_user") || text.includes("course_id_not_valid");
}

import { instant, type Call, type Reply } from "../http/call";
import { enrollmentId } from "../world/world";
import { COURSE_KEY } from "./enrollment-reads";

const PASSING = new Set(["downloadable", "generating"]);

/** The certificate of a learner for a run; certificates of audit learners are not told. */
export function certificate({ world, caller, parts: [username, key] }: Call): Reply {
  if (username !== caller!.username && !caller!.isStaff)
    return { status: 403, body: { detail: "You do not have permission to perform this action." } };
  if (!COURSE_KEY.test(key!)) return missing("course_id_not_valid");
  const found = world.certificates.get(enrollmentId(username!, key!));
  if (!found || found.status.startsWith("audit_")) return missing("no_certificate_for_user");
  if (!found.isConfigured || !world.runs.has(key!)) return missing("no_certificate_configuration_for_course");
  return {
    status: 200,
    body: {
      username: found.username,
      course_id: found.courseRunKey,
      certificate_type: found.mode,
      created_date: instant(found.createdAt),
      status: found.status,
      is_passing: PASSING.has(found.status),
      download_url: null,
      grade: PASSING.has(found.status) ? "0.98" : "0.31",
    },
  };
}

const missing = (code: string): Reply => ({ status: 404, body: { error_code: code } });

import type { Call, Reply, Route } from "../http/call";
import { Throttle } from "../http/throttle";
import type { Tokens } from "../http/tokens";
import { accountList, oneAccount } from "./accounts";
import { certificate } from "./certificates";
import { courseDetails } from "./course-details";
import { entitlementPage } from "./entitlements";
import { enrollmentPage, enrollmentsOf, oneEnrollment } from "./enrollment-reads";
import { postEnrollment } from "./enrollment-writes";
import { tokenRoutes, type Client } from "./token";

const V1 = "^/api/enrollment/v1";
const ACCOUNTS = "^/api/user/v1/accounts";

/** What the LMS answers. The Enrollment API counts all requests of an account together. */
export function lmsRoutes(tokens: Tokens, client: Client, clock: () => Date, plugin: Route[]): Route[] {
  const throttle = new Throttle(60, (caller) => (caller?.isStaff ? 120 : 40), clock);
  const get = (path: string, answer: Route["answer"], more: Partial<Route> = {}): Route => ({
    method: "GET",
    path: new RegExp(path),
    needs: "token",
    answer,
    ...more,
  });
  return [
    ...tokenRoutes(tokens, client),
    ...plugin,
    get(`${V1}/enrollment/([^,/]+),(.+)$`, oneEnrollment, { throttle }),
    get(`${V1}/enrollment$`, enrollmentsOf, { throttle }),
    get(`${V1}/enrollment$`, postEnrollment, { throttle, method: "POST" }),
    get(`${V1}/enrollments/?$`, enrollmentPage, {
      throttle,
      needs: "staff",
      errorField: "developer_message",
    }),
    get(`${V1}/course/(.+)$`, courseDetail, { throttle, needs: "nothing" }),
    get("^/api/entitlements/v1/entitlements/$", entitlementPage),
    get(`${ACCOUNTS}$`, accountList),
    get(`${ACCOUNTS}/([\\w.@+-]+)$`, oneAccount),
    get("^/api/certificates/v0/certificates/([^/]+)/courses/(.+)/$", certificate),
  ];
}

function courseDetail({ world, url, parts: [key] }: Call): Reply {
  const run = world.runs.get(key!);
  if (!run) return { status: 400, body: { message: `No course found for course ID '${key}'` } };
  const withExpired = Boolean(url.searchParams.get("include_expired"));
  return { status: 200, body: courseDetails(run, world.clock(), withExpired) };
}

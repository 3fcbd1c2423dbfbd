import { Answered, fieldsOf, type Call, type Reply, type Route } from "../http/call";
import { enrollmentId, setEnrollment } from "../world/world";
import { enrollmentBody } from "./enrollment-reads";

const API = "^/api/course_entitlements/v1";

/** What our plug-in for the LMS answers, as far as the product asks it. */
export function pluginRoutes(areRefundsOff: boolean): Route[] {
  const route = { needs: "staff" } as const;
  return [
    {
      ...route,
      method: "GET",
      path: new RegExp(`${API}/health$`),
      answer: () => ({ status: 200, body: { version: "1.0.0", refunds_are_off: areRefundsOff } }),
    },
    { ...route, method: "POST", path: new RegExp(`${API}/unenroll$`), answer: endEnrollment },
  ];
}

/** Ends an enrollment without a refund, as often as it is asked to; a filter of enrollments vetoes it. */
function endEnrollment(call: Call): Reply {
  const { world } = call;
  const { username, run: key } = fieldsOf(call) as { username?: unknown; run?: unknown };
  if (typeof username !== "string" || typeof key !== "string")
    throw new Answered({ status: 400, body: { detail: "username and run must be texts" } });
  if (!world.users.has(username.toLowerCase()))
    throw new Answered({ status: 406, body: { detail: "There is no such user." } });
  const known = world.enrollments.get(enrollmentId(username, key));
  if (!known) return { status: 200, body: null };
  if (known.isActive && world.runs.get(key)?.preventedBy === "enrollmentFilter")
    throw new Answered({ status: 409, body: { detail: "A filter of the LMS keeps the learner enrolled." } });
  return {
    status: 200,
    body: enrollmentBody(world, setEnrollment(world, known, { mode: known.mode, isActive: false }, "api")),
  };
}

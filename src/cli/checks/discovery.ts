import { z } from "zod";
import type { OpenEdx } from "../../gateways/open-edx/open-edx";
import type { OpenEdxSystem } from "../../gateways/open-edx/http/system";
import { finding, Wrong, type Finding } from "./finding";

const page = z.object({ count: z.number(), results: z.array(z.object({ uuid: z.guid() })) });

/** Asks course-discovery for a course, and both it and the LMS for its runs. */
export async function* discoveryFindings(
  openEdx: OpenEdx,
  discovery: OpenEdxSystem,
): AsyncGenerator<Finding> {
  let uuid: string | undefined;
  const courses = await finding(
    "the courses of course-discovery",
    async () => {
      const { count, results } = (await discovery.get("/api/v1/courses/?limit=1&page_size=1", page))!;
      uuid = results[0]?.uuid;
      if (!uuid)
        throw new Wrong(
          "it has none at this address: set DISCOVERY_URL to its public address, whose host must be that of the partner's site in course-discovery",
        );
      return `it tells ${count}`;
    },
    {
      HTTP_401: "it does not accept tokens of this LMS: see JWT_AUTH in course-discovery",
      HTTP_403: "it does not let the account of the token read: see its permissions in course-discovery",
      HTTP_404: "set DISCOVERY_URL to the address of course-discovery",
      HTTP_429: "it is asked too often: make the account of the token staff in course-discovery",
      NONSENSE: "see DISCOVERY_URL: something else answers there",
      other: "see DISCOVERY_URL",
    },
  );
  yield courses;
  if (!uuid) return;
  const courseUuid = uuid;
  yield await finding(
    "the runs of course-discovery",
    async () => {
      const [run] = await openEdx.catalog.runsOfCourses([courseUuid]);
      if (!run) return "not compared with the LMS, as its first course has none";
      if (await openEdx.catalog.liveRun(run.key)) return "the LMS knows them too";
      throw new Wrong(
        `the LMS does not know ${run.key}: LMS_URL and DISCOVERY_URL must belong to one installation`,
      );
    },
    { other: "see DISCOVERY_URL" },
  );
}

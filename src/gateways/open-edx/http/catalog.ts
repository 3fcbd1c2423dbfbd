import { z } from "zod";
import { HttpFailure } from "../../http-client";
import type { CatalogGateway, CatalogRun, LiveRun } from "../catalog-gateway";
import { inPath } from "./forms";
import { courses, liveRun, runs } from "./catalog-forms";
import type { OpenEdxSystem } from "./system";

/** How many courses or runs one request names: as many as one page holds. */
const IN_ONE_REQUEST = 20;

/** Discovery leaves out by default what was once sold and is still owned. */
const WITH_ALL = {
  limit: String(IN_ONE_REQUEST),
  page_size: String(IN_ONE_REQUEST),
  include_hidden_course_runs: "1",
  include_retired_course_types: "1",
  include_retired_run_types: "1",
  exclude_utm: "1",
};

/** The runs of an installation: the catalog is course-discovery's, and what decides now is the LMS's. */
export class HttpCatalogGateway implements CatalogGateway {
  constructor(
    private readonly discovery: OpenEdxSystem,
    private readonly lms: OpenEdxSystem,
  ) {}

  runsOfCourses(courseUuids: readonly string[]): Promise<CatalogRun[]> {
    return this.inParts(courseUuids, "courses", "uuids", courses);
  }

  runs(keys: readonly string[]): Promise<CatalogRun[]> {
    return this.inParts(keys, "course_runs", "keys", runs);
  }

  async liveRun(key: string): Promise<LiveRun | null> {
    const path = `/api/enrollment/v1/course/${inPath(key)}?include_expired=1`;
    return this.lms.get(path, liveRun, ({ status }) => status === 400);
  }

  private async inParts(
    names: readonly string[],
    list: string,
    by: string,
    form: z.ZodType<{ next: string | null; results: CatalogRun[] }>,
  ): Promise<CatalogRun[]> {
    const all: CatalogRun[] = [];
    for (let from = 0; from < names.length; from += IN_ONE_REQUEST) {
      const some = names.slice(from, from + IN_ONE_REQUEST).join(",");
      const query = new URLSearchParams({ [by]: some, ...WITH_ALL }).toString();
      const { next, results } = (await this.discovery.get(`/api/v1/${list}/?${query}`, form))!;
      // It names no more than a page holds: a system that has more has not looked at the names.
      if (next !== null) throw new HttpFailure("NONSENSE", true);
      all.push(...results);
    }
    return all;
  }
}

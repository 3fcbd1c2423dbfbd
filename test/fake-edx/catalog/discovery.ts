import type { Call, Reply, Route } from "../http/call";
import { Throttle } from "../http/throttle";
import type { FakeRun } from "../world/world";
import { courseBody, runBody } from "./bodies";

const PAGE = 20;
const PAGE_AT_MOST = 100;

/** What course-discovery answers. It counts the requests of all but staff. */
export function discoveryRoutes(clock: () => Date): Route[] {
  const throttle = new Throttle(3600, (caller) => (caller?.isStaff ? Infinity : 200), clock);
  const get = (path: RegExp, answer: Route["answer"]): Route => ({
    method: "GET",
    path,
    needs: "token",
    throttle,
    answer,
  });
  return [
    get(/^\/api\/v1\/courses\/$/, courseList),
    get(/^\/api\/v1\/courses\/([^/]+)\/$/, (call) =>
      one(coursesIn(call), ({ uuid, key }) => [uuid, key], call),
    ),
    get(/^\/api\/v1\/course_runs\/$/, runList),
    get(/^\/api\/v1\/course_runs\/(.+)\/$/, (call) =>
      one([...call.world.runs.values()].map(bodyOf(call)), ({ key }) => [key], call),
    ),
  ];
}

const asks = ({ url }: Call, name: string) =>
  ["1", "true"].includes(url.searchParams.get(name)?.toLowerCase() ?? "");
const bodyOf = (call: Call) => (run: FakeRun) => runBody(run, call.world.clock());

/** Hidden and retired runs are left out of a course unless they are asked for. */
function coursesIn(call: Call) {
  const runs = [...call.world.runs.values()].filter(
    ({ isHidden, isRetired }) =>
      (!isHidden || asks(call, "include_hidden_course_runs")) &&
      (!isRetired || asks(call, "include_retired_run_types")),
  );
  const courses = new Map<string, FakeRun[]>();
  for (const run of call.world.runs.values()) courses.set(run.courseUuid, []);
  for (const run of runs) courses.get(run.courseUuid)!.push(run);
  const all = [...call.world.runs.values()];
  return [...courses].map(([uuid, ofCourse]) =>
    courseBody(
      all.find(({ courseUuid }) => courseUuid === uuid)!,
      ofCourse.map(bodyOf(call)),
    ),
  );
}

function courseList(call: Call): Reply {
  const { searchParams: query } = call.url;
  const [uuids, keys] = ["uuids", "keys"].map((name) => query.get(name)?.split(","));
  const courses = coursesIn(call).filter(
    ({ uuid, key }) => (!uuids || uuids.includes(uuid)) && (!keys || keys.includes(key)),
  );
  return page(call, courses);
}

/** Hidden runs are told here; those of retired types are not. */
function runList(call: Call): Reply {
  const keys = call.url.searchParams.get("keys")?.split(",");
  const runs = [...call.world.runs.values()].filter(
    ({ key, isRetired }) =>
      (!keys || keys.includes(key)) && (!isRetired || asks(call, "include_retired_run_types")),
  );
  return page(call, runs.sort((one, other) => one.key.localeCompare(other.key)).map(bodyOf(call)));
}

function one<T extends object>(all: T[], namesOf: (each: T) => string[], { parts: [name] }: Call): Reply {
  const found = all.find((each) => namesOf(each).includes(name!));
  return found ? { status: 200, body: found } : { status: 404, body: { detail: "Not found." } };
}

/** A part of a list by `limit` and `offset`, with links to the parts around it. */
function page({ url }: Call, all: object[]): Reply {
  const number = (name: string, otherwise: number) => {
    const given = url.searchParams.get(name) ?? "";
    return /^\d+$/.test(given) ? Number(given) : otherwise;
  };
  const limit = Math.min(number("limit", PAGE) || PAGE, PAGE_AT_MOST);
  const offset = number("offset", 0);
  const link = (at: number) => {
    const to = new URL(url);
    to.searchParams.set("limit", String(limit));
    if (at > 0) to.searchParams.set("offset", String(at));
    else to.searchParams.delete("offset");
    return to.href;
  };
  return {
    status: 200,
    body: {
      count: all.length,
      next: offset + limit < all.length ? link(offset + limit) : null,
      previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
      results: all.slice(offset, offset + limit),
    },
  };
}

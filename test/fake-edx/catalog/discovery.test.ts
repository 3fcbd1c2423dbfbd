import { courseUuid, runKey } from "../../../src/demo/catalog";
import { useFakeEdx } from "../asking";

const asking = useFakeEdx();
const at = (path: string) => `${asking.edx.discoveryUrl}/api/v1/${path}`;
interface Page {
  count: number;
  next: string | null;
  results: { key: string; uuid: string; course_runs: { key: string }[] }[];
}
const EVERYTHING = "include_hidden_course_runs=1&include_retired_run_types=1";

test("courses are told by their ids, 20 at a time by default", async () => {
  const uuids = Array.from({ length: 28 }, (_, n) => courseUuid(n + 1)).join();
  const { body } = await asking.get<Page>(at(`courses/?uuids=${uuids}`));
  expect(body.results).toHaveLength(20);
  const { body: rest } = await asking.get<Page>(body.next!);
  expect(rest.next).toBeNull();
  expect(body.count).toBe(20 + rest.results.length);
  expect(new Set([...body.results, ...rest.results].map(({ uuid }) => uuid)).size).toBe(body.count);
});

test("a run names its course, and its seats have prices and upgrade deadlines", async () => {
  const key = runKey(1, "upgradeOver");
  const { body } = await asking.get<Page>(at(`course_runs/?keys=${encodeURIComponent(key)}`));
  expect(body.results).toMatchObject([
    {
      key,
      course_uuid: courseUuid(1),
      pacing_type: "instructor_paced",
      seats: [
        { type: "audit", price: "0.00", upgrade_deadline: null },
        { type: "verified", price: "49.00", currency: "USD", upgrade_deadline: expect.any(String) as string },
      ],
    },
  ]);
});

test("hidden and retired runs are told with their course only on request", async () => {
  const keys = async (query = "") => {
    const { body } = await asking.get<Page>(at(`courses/?uuids=${courseUuid(2)}${query}`));
    return body.results[0]!.course_runs.map(({ key }) => key);
  };
  asking.edx.world.runs.get(runKey(2, "open"))!.isHidden = true;
  asking.edx.world.runs.get(runKey(2, "future"))!.isRetired = true;
  expect(await keys()).toEqual([]);
  expect(await keys(`&${EVERYTHING}`)).toEqual([runKey(2, "open"), runKey(2, "future")]);
});

test("a course without a name there is 404, and without a token nothing is told", async () => {
  expect((await asking.get(at(`courses/${courseUuid(2)}/`))).status).toBe(200);
  expect((await asking.get(at(`courses/${courseUuid(29)}/`))).status).toBe(404);
  expect((await asking.get(at("courses/"), null)).status).toBe(401);
});

test("others than staff may ask 200 times an hour", async () => {
  for (let n = 0; n < 200; n++)
    expect((await asking.get(at(`courses/${courseUuid(2)}/`), "bob")).status).toBe(200);
  expect((await asking.get(at("courses/"), "bob")).status).toBe(429);
  expect((await asking.get(at("courses/"))).status).toBe(200);
});

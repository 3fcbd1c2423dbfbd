import { runKey } from "../../../src/demo/catalog";
import { useFakeEdx } from "../asking";
import { setEnrollment } from "../world/world";

const asking = useFakeEdx();
const at = (path: string) => `${asking.edx.lmsUrl}/api/enrollment/v1/${path}`;
interface Page {
  next: string | null;
  previous: string | null;
  results: { user: string; course_id: string; is_active: boolean }[];
}

test("an enrollment is told with its run, in any case of the username", async () => {
  const { status, body } = await asking.get(at(`enrollment/ADA,${runKey(3, "open")}`));
  expect(status).toBe(200);
  expect(body).toMatchObject({
    user: "ada",
    mode: "verified",
    is_active: true,
    course_details: { course_id: runKey(3, "open"), course_modes: [{ slug: "audit" }, { slug: "verified" }] },
  });
});

test("where there is no enrollment or no such learner, the answer is 200 and empty", async () => {
  for (const who of ["empty_handed", "nobody"])
    expect(await asking.get(at(`enrollment/${who},${runKey(3, "open")}`))).toMatchObject({
      status: 200,
      body: null,
    });
});

test("who is not staff is told that nothing is there", async () => {
  expect(await asking.get(at(`enrollment/ada,${runKey(3, "open")}`), "bob")).toMatchObject({
    status: 404,
    body: null,
  });
});

test("a request without a token, or with one that is not valid, is answered with 401", async () => {
  expect((await asking.get(at(`enrollment/ada,${runKey(3, "open")}`), null)).status).toBe(401);
  const response = await fetch(at("enrollment"), { headers: { authorization: "JWT a.b.c" } });
  expect(response.status).toBe(401);
});

test("the enrollment of a run that was deleted has no details, and lists leave it out", async () => {
  const key = runKey(26, "vanished");
  const { body } = await asking.get(at(`enrollment/ada,${key}`));
  expect(body).toMatchObject({ is_active: true, course_details: null });
  const { body: page } = await asking.get<Page>(at("enrollments?username=ada"));
  expect(page.results.length).toBeGreaterThan(10);
  expect(page.results.filter(({ course_id }) => course_id === key)).toEqual([]);
});

test("the enrollments of a learner are the active ones", async () => {
  const { body } = await asking.get<{ is_active: boolean }[]>(at("enrollment?user=ada"));
  expect(body.length).toBeGreaterThan(10);
  expect(body.every(({ is_active }) => is_active)).toBe(true);
});

test("many enrollments come in pages of 100, each once, inactive ones too", async () => {
  for (let n = 0; n < 250; n++)
    setEnrollment(
      asking.edx.world,
      { username: "bob", courseRunKey: runKey(n + 1000, "open") },
      { mode: "audit", isActive: n % 2 === 0 },
      "outside",
    );
  const run = asking.edx.world.runs.get(runKey(1, "open"))!;
  for (let n = 0; n < 250; n++) asking.edx.world.runs.set(runKey(n + 1000, "open"), run);
  const seen: Page["results"] = [];
  const sizes: number[] = [];
  for (let next: string | null = at("enrollments?username=bob,ada"); next;) {
    const { body }: { body: Page } = await asking.get<Page>(next);
    sizes.push(body.results.length);
    seen.push(...body.results);
    ({ next } = body);
  }
  expect(sizes.slice(0, 2)).toEqual([100, 100]);
  expect(new Set(seen.map(({ user, course_id }) => `${user} ${course_id}`)).size).toBe(seen.length);
  expect(seen.filter(({ user, is_active }) => user === "bob" && !is_active)).toHaveLength(125);
});

test("a page is asked for at most 100 learners, all with possible names, by staff", async () => {
  const names = Array.from({ length: 101 }, (_, n) => `learner${n}`);
  expect((await asking.get(at(`enrollments?username=${names.slice(1).join()}`))).status).toBe(200);
  expect((await asking.get(at(`enrollments?username=${names.join()}`))).status).toBe(400);
  expect((await asking.get(at("enrollments?username=a%20b"))).status).toBe(400);
  expect((await asking.get(at("enrollments?course_id=course-v1:A+B+C"))).status).toBe(400);
  expect((await asking.get(at("enrollments?username=ada"), "bob")).status).toBe(403);
});

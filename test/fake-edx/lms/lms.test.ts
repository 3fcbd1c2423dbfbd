import { runKey } from "../../../src/demo/catalog";
import { useFakeEdx } from "../asking";

let now = new Date();
const asking = useFakeEdx({ clock: () => now });
const at = (path: string) => `${asking.edx.lmsUrl}${path}`;
const certificateOf = (username: string, key: string) =>
  asking.get(at(`/api/certificates/v0/certificates/${username}/courses/${key}/`));

beforeEach(() => {
  now = new Date();
});

test("a run is told without a token, with its expired modes only on request", async () => {
  const course = at(`/api/enrollment/v1/course/${runKey(1, "upgradeOver")}`);
  const slugs = async (url: string) => {
    const { body } = await asking.get<{ course_modes: { slug: string }[] }>(url, null);
    return body.course_modes.map(({ slug }) => slug);
  };
  expect(await slugs(course)).toEqual(["audit"]);
  expect(await slugs(`${course}?include_expired=1`)).toEqual(["audit", "verified"]);
  expect((await asking.get(at("/api/enrollment/v1/course/course-v1:DemoX+None+1"), null)).status).toBe(400);
});

test("staff may ask 120 times a minute, others 40 times", async () => {
  const one = at(`/api/enrollment/v1/enrollment/bob,${runKey(3, "open")}`);
  const statuses = async (times: number, username: string | null, url = one) => {
    const answers = [];
    for (let n = 0; n < times; n++) answers.push((await asking.get(url, username)).status);
    return answers;
  };
  expect(new Set(await statuses(120, undefined as unknown as null))).toEqual(new Set([200]));
  now = new Date(now.getTime() + 20_000);
  const { status, headers, body } = await asking.get(one);
  expect([status, headers.get("retry-after")]).toEqual([429, "40"]);
  expect(body).toEqual({ detail: "Request was throttled. Expected available in 40 seconds." });
  expect((await statuses(41, "bob")).filter((each) => each === 429)).toHaveLength(1);
  const course = at(`/api/enrollment/v1/course/${runKey(3, "open")}`);
  expect((await statuses(41, null, course)).filter((each) => each === 429)).toHaveLength(1);
  now = new Date(now.getTime() + 41_000);
  expect((await asking.get(one)).status).toBe(200);
});

test("accounts are told by their names, without those that do not exist, and with personal data to staff", async () => {
  const accounts = at("/api/user/v1/accounts");
  const { body } = await asking.get<{ username: string; id: number; email: string }[]>(
    `${accounts}?username=ada,nobody,gone_away`,
  );
  expect(body).toMatchObject([
    { username: "ada", id: 1, is_active: true, email: "ada@demo.example", year_of_birth: 1985 },
    { username: "gone_away", id: 8, is_active: false },
  ]);
  expect((await asking.get(`${accounts}?username=nobody`)).status).toBe(404);
  expect((await asking.get<{ id: number }[]>(`${accounts}?lms_user_id=2`)).body[0]).toMatchObject({
    username: "grace",
  });
  expect((await asking.get(`${accounts}?lms_user_id=x`)).status).toBe(400);
  expect((await asking.get(`${accounts}?email=bob@demo.example`)).body).toMatchObject([{ username: "bob" }]);
  expect((await asking.get(`${accounts}?email=retired__x@demo.example`)).body).toMatchObject({
    error_msg: expect.any(String) as string,
  });
  expect((await asking.get(`${accounts}/ada`)).body).toMatchObject({ id: 1 });
  expect(Object.keys((await asking.get(`${accounts}/ada`, "bob")).body)).toEqual([
    "username",
    "profile_image",
    "account_privacy",
  ]);
});

test("a certificate is told with its status, or why there is none to tell", async () => {
  const key = runKey(4, "selfPaced");
  expect((await certificateOf("ada", key)).body).toMatchObject({ status: "downloadable", is_passing: true });
  expect((await certificateOf("ada", runKey(6, "open"))).body).toMatchObject({ status: "notpassing" });
  expect(await certificateOf("bob", key)).toMatchObject({
    status: 404,
    body: { error_code: "no_certificate_for_user" },
  });
  expect((await certificateOf("ada", "nonsense")).body).toEqual({ error_code: "course_id_not_valid" });
  asking.edx.world.certificates.get(`ada ${key}`)!.isConfigured = false;
  expect((await certificateOf("ada", key)).body).toEqual({
    error_code: "no_certificate_configuration_for_course",
  });
});

import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const app = useDemoApp();
const tested = useConsole(app);
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

/** Leaves behind what a call leaves that the LMS has not answered for a day. */
const unanswered = () =>
  app.db.query(
    `insert into enrollment_call
       (id, changeable_modes, may_enroll, entitlement_id, state, attempt, unsent_to, detail, created_at, modified_at)
     select enrollment_id, '{verified}', false, id, 'NEEDS_REVIEW', 300, 0, 'HTTP_503', now(), now()
     from course_entitlement where enrollment_id is not null order by id limit 1`,
  );

test("where the LMS has done all that it was asked for, the list says so", async () => {
  const page = await tested.open("grace", "/calls", { bypassCSP: true });
  await page.getByText("Nothing waits").waitFor();
  expect(await objections(page, "no calls")).toEqual([]);
});

test("a call that the LMS has not answered is told with its reason, and an agent has it asked again", async () => {
  await unanswered();
  const page = await tested.open("grace", "/calls", { bypassCSP: true });
  await page.getByRole("link", { name: "Calls to the LMS 1 waits" }).waitFor();
  const row = page.getByRole("row").nth(1);
  await row.getByText("HTTP_503").waitFor();
  await row.getByText("asked 300 times").waitFor();
  await row.getByText("End the enrollment").waitFor();
  expect(await objections(page, "calls")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await row.getByRole("button", { name: /^Retry… ada/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("No stored value changes").waitFor();
  await dialog.getByRole("textbox", { name: "Why" }).fill("The LMS is up again.");
  expect(await objections(page, "retry")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByRole("button", { name: "Retry", exact: true }).click();
  await page.getByRole("status").getByText("Done: Have the LMS asked again.").waitFor();
  await page.getByText("Nothing waits").waitFor();
  await page.getByRole("button", { name: "All", exact: true }).click();
  await page.waitForURL(/\?state=ALL$/);
  await page.getByText(/An agent had it asked again/).waitFor();
});

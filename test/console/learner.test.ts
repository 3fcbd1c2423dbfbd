import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const app = useDemoApp();
const tested = useConsole(app);
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

test("an agent sees what a learner is entitled to, with the reason against what cannot be done", async () => {
  const page = await tested.open("grace", "/learners/ada");
  const row = page.getByRole("row", { name: /Refund that an agent has to decide/ });
  await row.waitFor();
  expect(await row.innerText()).toContain(
    "Have the order refunded: not possible. A refund of the order is already pending.",
  );
  const tomorrow = page.getByRole("row", { name: /Redeemable until tomorrow/ });
  expect(await tomorrow.innerText()).toContain("Choose a session: possible");
  expect(await tomorrow.getByRole("time").getAttribute("title")).toMatch(/ UTC$/);
});

test("the states and the instant that are chosen are in the address, which shows the same to a colleague", async () => {
  const page = await tested.open("grace", "/learners/ada");
  await page.getByRole("button", { name: "Refunded", exact: true }).click();
  await page.getByText("2 entitlements").or(page.getByText("1 entitlement")).first().waitFor();
  const rows = await page.getByRole("row").allInnerTexts();
  await page.getByLabel("As of").fill("2000-01-01T12:00:00");
  await page.getByText("None is in this state").waitFor();
  expect(page.url()).toMatch(/\?state=REFUNDED&at=2000-01-01T11%3A00%3A00.000Z$/); // the reader is in Berlin
  const colleague = await tested.open("grace", page.url().slice(tested.url.length));
  await colleague.getByText("None is in this state").waitFor();
  await colleague.getByRole("button", { name: "Back to now" }).click();
  await colleague.getByRole("row").nth(1).waitFor();
  expect(await colleague.getByRole("row").allInnerTexts()).toEqual(rows);
});

test("nobody is kept out by how a learner's page looks", async () => {
  const page = await tested.open("grace", "/learners/bob", { bypassCSP: true });
  await page.getByRole("row").nth(1).waitFor();
  expect(await objections(page, "learner")).toEqual([]);
});

test("a learner without entitlements and a name that nobody has are told apart", async () => {
  const page = await tested.open("grace", "/learners/empty_handed");
  await page.getByText("No entitlements").first().waitFor();
  await page.goto(`${tested.url}/learners/nobody`);
  await page.getByText("There is no learner “nobody”").waitFor();
});

test("a learner sees their own courses, page by page", async () => {
  const page = await tested.open("ada", "/me", { bypassCSP: true });
  await page.getByRole("heading", { name: "Two entitlements for one course" }).first().waitFor();
  expect(await page.getByRole("listitem").count()).toBe(20);
  expect(await objections(page, "me")).toEqual([]);
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByText("Refundable until").first().waitFor();
});

test("a session that the learner has left by other means is shown as left: to the learner, and to an agent", async () => {
  const entitlement = "e0000000-0000-4000-8000-000000000003";
  await app.db.query(
    "update course_enrollment set is_active = false where id = (select enrollment_id from course_entitlement where id = $1)",
    [entitlement],
  );
  const title = "Fulfilled, can be changed";
  const mine = await tested.open("ada", "/me");
  const card = mine.getByRole("listitem").filter({ hasText: title });
  await card.getByText("Available").waitFor();
  expect(await card.getByText(/^Session /).count()).toBe(0);
  expect(await card.innerText()).toContain("Choose a session by");
  const agent = await tested.open("grace", "/learners/ada");
  const row = agent.getByRole("row").filter({ hasText: title });
  await row.getByText("Available").waitFor();
  expect(await row.innerText()).toContain("None chosen");
  await agent.goto(`${tested.url}/entitlements/${entitlement}`);
  await agent.getByRole("heading", { name: "Timeline" }).waitFor();
  expect(await agent.getByRole("main").innerText()).toMatch(/Session\s+none/i);
});

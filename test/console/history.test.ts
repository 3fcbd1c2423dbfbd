import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const app = useDemoApp();
const tested = useConsole(app);
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

const results = (page: Page) => page.getByRole("region", { name: /newest first/ });
const rows = (page: Page) => results(page).locator("ol > li");
const field = (page: Page) => page.getByRole("searchbox", { name: "Add a condition" });
const chips = (page: Page) =>
  page.getByRole("row").filter({ has: page.getByRole("button", { name: /^Remove the/ }) });
const find = (q: string) => `/history?q=${encodeURIComponent(q)}`;

/** The ids of the changes that the page is answered with, in their order; it goes on while the page asks for more. */
function idsFor(page: Page): string[] {
  const ids: string[] = [];
  page.on("response", (response) => {
    if (!response.request().postData()?.includes("HistorySearch")) return;
    void response.json().then(({ data }: { data: { history: { edges: { node: { id: string } }[] } } }) => {
      ids.push(...data.history.edges.map(({ node }) => node.id));
    });
  });
  return ids;
}

/** What the browser saves when a form of the export is chosen. */
async function exported(page: Page, form: RegExp): Promise<{ name: string; text: string }> {
  await page.getByRole("button", { name: "Export" }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: form }).click();
  const download = await saved;
  await page
    .getByRole("status")
    .getByText(/^Exported \d+ changes.*complete\.$/)
    .waitFor();
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

test("conditions are typed or chosen, are chips in one line and in the address, and can be corrected", async () => {
  const page = await tested.open("hopper", "/history");
  await page.getByRole("heading", { name: /^\d+ changes, the newest first$/ }).waitFor();
  await field(page).click();
  await page.keyboard.type("ac");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.type("grace");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\?q=actor%3Agrace$/);
  await page.keyboard.type("reason:lock");
  await page.getByRole("option", { name: /setRefundLock/ }).click();
  await page.waitForURL(/\?q=actor%3Agrace\+reason%3AsetRefundLock$/);
  expect((await chips(page).allInnerTexts()).map((text) => text.replaceAll(/\s/g, ""))).toEqual([
    "actor:grace",
    "reason:setRefundLock",
  ]);
  await page.getByText("grace changed the lock of refunds").first().waitFor();
  expect(await page.getByText("reissued the entitlement").count()).toBe(0);
  await field(page).press("Backspace");
  await page.waitForURL(/\?q=actor%3Agrace$/);
  expect(await field(page).inputValue()).toBe("reason:setRefundLock");
  await page.goBack();
  await page.waitForURL(/setRefundLock$/);
  await page.getByRole("button", { name: "Remove the condition actor:grace" }).click();
  await page.waitForURL(/\?q=reason%3AsetRefundLock$/);
});

test("what is no condition is told plainly, and nothing is searched until it is put right", async () => {
  const page = await tested.open("hopper", "/");
  const asked = idsFor(page);
  await page.goto(
    tested.url + find("color:red ada type:thing from:tomorrow actor:a actor:b entity:7 actor:grace"),
  );
  const told = page.getByRole("alert");
  await told.getByText("“color:” is not known. There are actor:").waitFor();
  await told.getByText("“ada” does not say what it is. Write for example learner:ada").waitFor();
  await told.getByText("“thing” is no value of “type:”. There are entitlement, refund,").waitFor();
  await told.getByText("“tomorrow” is no day or instant. Write from:2026-11-25").waitFor();
  await told.getByText("“actor:” can be given only once.").first().waitFor();
  await told.getByText("“7” is no id.").waitFor();
  expect(asked).toEqual([]);
  await told.getByRole("button", { name: "Search without it" }).click();
  await page.waitForURL(/\?q=actor%3Aa$/);
  await page.getByRole("heading", { name: "No change matches" }).waitFor();
});

test("a day is that of the reader, and the last day is part of the span", async () => {
  const page = await tested.open("hopper", "/history"); // the reader is in Berlin
  const asking = page.waitForRequest((request) => request.postData()?.includes('"changedFrom"') ?? false);
  await page.goto(tested.url + find("from:2026-03-28 to:2026-03-29 type:refund type:REFUND source:api"));
  const { variables } = (await asking).postDataJSON() as { variables: { filter: object } };
  expect(variables.filter).toEqual({
    changedFrom: "2026-03-27T23:00:00.000Z",
    changedBefore: "2026-03-29T22:00:00.000Z", // the clock has been put forward
    entityTypes: ["REFUND"],
    sources: ["API"],
  });
});

test("a change opens to what it has changed, and leads to its entitlement as of then, and to its request", async () => {
  const page = await tested.open(
    "hopper",
    find("actor:grace learner:ada reason:reissueEntitlement type:entitlement"),
  );
  const row = rows(page).first();
  await row.getByRole("button", { name: /grace\s+reissued the entitlement/ }).press("Enter");
  await row.getByRole("row", { name: /Expired because/ }).waitFor();
  expect(await row.getByRole("link", { name: "ada" }).getAttribute("href")).toBe("/console/learners/ada");
  await row.getByRole("button", { name: "This request alone" }).click();
  await page.waitForURL(/request%3Ademo-reissueEntitlement$/);
  await rows(page).first().getByRole("button").first().click();
  await rows(page).first().getByRole("link", { name: "Open as of then" }).click();
  await page.getByRole("heading", { name: /^As of / }).waitFor();
});

test("the changes of one request are one row on request, which the address holds", async () => {
  const page = await tested.open("hopper", find("reason:reissueEntitlement"));
  await rows(page).first().waitFor();
  const count = await rows(page).count();
  expect(count).toBeGreaterThan(1);
  await page.getByRole("switch", { name: "Group by request" }).press("Space");
  await page.waitForURL(/by=request/);
  expect(await rows(page).count()).toBe(1);
  await rows(page).getByText(`${count} changes`).waitFor();
  await rows(page).getByRole("button").press("Enter");
  expect(await rows(page).locator("ol > li").count()).toBe(count);
});

test("what is exported is what was searched, all of it, for programs and for spreadsheets", async () => {
  const page = await tested.open("hopper", "/");
  const seen = idsFor(page);
  await page.goto(tested.url + find("actor:grace type:entitlement type:comments from:2020-01-01"));
  await rows(page).first().waitFor();
  const { name, text } = await exported(page, /NDJSON/);
  expect(name).toMatch(/^history-\d{4}-\d\d-\d\d\.ndjson$/);
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; rows?: number });
  expect(lines.pop()!.rows).toBe(lines.length);
  expect(lines.length).toBeGreaterThan(50); // it is more than the page shows
  const older = page.getByRole("button", { name: "Show older changes" });
  while ((await rows(page).count()) < lines.length) {
    const count = await rows(page).count();
    await older.click();
    await rows(page).nth(count).waitFor();
  }
  expect(await older.count()).toBe(0);
  expect(lines.map(({ id }) => id)).toEqual(seen);
  const csv = await exported(page, /CSV/);
  expect([...csv.text.matchAll(/^"(\d+)",/gm)].map(([, id]) => id)).toEqual(seen);
});

test("an export can be stopped, and one that breaks off or is refused saves nothing and says so", async () => {
  const page = await tested.open("hopper", find("type:policy"));
  const start = async () => {
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: /NDJSON/ }).click();
  };
  let saved = 0;
  page.on("download", () => saved++);
  await page.route("**/export/**", () => undefined); // it never answers
  await start();
  await page.getByRole("progressbar", { name: "Progress of the export" }).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("status").getByText("The export was stopped.").waitFor();
  await page.unroute("**/export/**");
  await page.route("**/export/**", (route) => route.fulfill({ body: '{"id":"1"}\n' }));
  await start();
  await page.getByRole("status").getByText("The export broke off before its end").waitFor();
  await page.unroute("**/export/**");
  const errors = [{ message: "Two exports are running.", extensions: { code: "SERVICE_UNAVAILABLE" } }];
  await page.route("**/export/**", (route) => route.fulfill({ status: 503, json: { errors } }));
  await start();
  await page.getByRole("status").getByText("Two exports are running.").waitFor();
  expect(saved).toBe(0);
});

test("who may not read the history has no section for it, and is refused in words; offline is told too", async () => {
  const page = await tested.open("grace", "/history");
  await page.getByRole("alert").getByText("You may not see this").waitFor();
  expect(await page.getByRole("link", { name: "History" }).count()).toBe(0);
  const staff = await tested.open("hopper", "/history");
  await rows(staff).first().waitFor();
  await staff.route("**/graphql", (route) => route.abort());
  await field(staff).fill("actor:grace");
  await field(staff).press("Enter");
  await staff.getByRole("alert").getByText("The server does not answer").waitFor();
  await staff.unroute("**/graphql");
  await staff.getByRole("button", { name: "Try again" }).click();
  await rows(staff).first().waitFor();
});

test("nobody is kept out by how the search of the history looks", async () => {
  const page = await tested.open("hopper", find("type:policy"), { bypassCSP: true });
  const wide = { width: 1440, height: 900 };
  await rows(page).nth(2).waitFor();
  expect(await objections(page, "history")).toEqual([]);
  await page.setViewportSize(wide);
  await field(page).click();
  await page.getByRole("option").nth(2).waitFor();
  expect(await objections(page, "history suggestions")).toEqual([]);
  await page.setViewportSize(wide);
  await page.goto(tested.url + find("actor:grace nonsense:1 grace type:thing"));
  await page.getByText("What can be searched by").click();
  expect(await objections(page, "history wrong")).toEqual([]);
  await page.setViewportSize(wide);
  await page.goto(`${tested.url}${find("reason:reissueEntitlement")}&by=request`);
  await rows(page).first().getByRole("button").first().click();
  await rows(page).locator("ol > li").first().getByRole("button").first().click();
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: /CSV/ }).click();
  await page
    .getByRole("status")
    .getByText(/^Exported/)
    .waitFor();
  expect(await objections(page, "history grouped")).toEqual([]);
});

describe("an auditor", () => {
  // So that one of the demo accounts is an auditor too.
  const audited = useConsole(app, { JWT_AUDITOR_ROLE: "support" });

  test("is shown the section, and searches and exports", async () => {
    const page = await audited.open("grace", "/");
    await page.getByRole("link", { name: "History" }).click();
    await rows(page).first().waitFor();
    await field(page).fill("type:policy");
    await field(page).press("Enter");
    await page.getByText("hopper changed the policy").click();
    await page.getByRole("row", { name: /^To refund\D+\d+ days\D+\d+ days/ }).waitFor();
    expect((await exported(page, /CSV/)).text).toContain('"COURSE_ENTITLEMENT_POLICY"');
  });
});

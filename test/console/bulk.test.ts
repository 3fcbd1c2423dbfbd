import { readFileSync } from "node:fs";
import type { Page, Route } from "playwright-core";
import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const app = useDemoApp({ MUTATIONS_PER_MINUTE: "1000" });
const tested = useConsole(app);
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

/** The entitlement of an example of the demo world, by the number of the example. */
const nth = (number: number) => `e0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
/** More than one part of the work. */
const MANY = Array.from({ length: 60 }, (_, place) => nth(place + 1)).join("\n");

/** Fills in the form, and tries what would come of it. */
async function rehearse(page: Page, given: string): Promise<void> {
  await page.getByRole("textbox", { name: "Ids of entitlements" }).fill(given);
  await page.getByRole("textbox", { name: "Why" }).fill("The campaign was ended.");
  await page.getByRole("button", { name: "Dry run" }).click();
}

/** Confirms as many as the dry run has told. */
async function confirm(page: Page): Promise<number> {
  const told = await page.getByText(/entitlements? would change/).innerText();
  const count = Number(/\d+/.exec(told)![0]);
  await page.getByRole("textbox", { name: `Type ${count} to confirm` }).fill(String(count));
  await page.keyboard.press("Enter");
  return count;
}

const revoked = async () =>
  Number(
    (
      await app.db.query<{ count: string }[]>(
        "select count(*) from course_entitlement where expiry_cause = 'REVOKED'",
      )
    )[0]!.count,
  );

/** Lets a test decide what becomes of each part of the work; a dry run passes. */
async function meddle(page: Page, decide: (route: Route, part: number) => Promise<void>): Promise<void> {
  let part = 0;
  await page.route("**/graphql", async (route) => {
    const { variables } = route.request().postDataJSON() as {
      variables?: { input?: { entitlementIds?: string[]; dryRun?: boolean } };
    };
    const isWork = variables?.input?.entitlementIds && !variables.input.dryRun;
    await (isWork ? decide(route, ++part) : route.continue());
  });
}

test("a dry run tells what would come of each id and order, a number confirms it, and then it has come so", async () => {
  const page = await tested.open("grace", "/bulk", { bypassCSP: true });
  await page.getByRole("heading", { name: "Bulk changes" }).waitFor();
  expect(await objections(page, "bulk form")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  const before = await revoked();
  await rehearse(page, `${nth(1)}, ${nth(1).toUpperCase()} EDX-1002;EDX-1063\nEDX-1013 NO-SUCH-ORDER`);
  await page.getByText("2 entitlements would change.").waitFor();
  const rowOf = (text: string) => page.getByRole("row").filter({ hasText: text });
  await rowOf("Redeemable until tomorrow").getByText("Would change").waitFor();
  expect((await rowOf("Redeemable until").innerText()).replaceAll(/\s+/g, " ")).toContain(
    "Available becomes Revoked",
  );
  await rowOf("EDX-1063").getByText("Refused").waitFor();
  await rowOf("EDX-1063")
    .getByText(/refund/i)
    .first()
    .waitFor();
  await rowOf("NO-SUCH-ORDER").getByText("Not found").waitFor();
  expect(await page.getByRole("row").count()).toBe(1 + 5);
  expect(await revoked()).toBe(before);
  const button = page.getByRole("button", { name: "Revoke 2 entitlements" });
  await page.getByRole("textbox", { name: "Type 2 to confirm" }).fill("3");
  expect(await button.isDisabled()).toBe(true);
  expect(await objections(page, "bulk tried")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  expect(await confirm(page)).toBe(2);
  await page.getByText("2 entitlements were changed.").waitFor();
  expect(await revoked()).toBe(before + 2);
  await page.getByRole("button", { name: /^Changed \(2\)/ }).click();
  await page.waitForURL(/outcome=CHANGED/);
  expect(await page.getByRole("row").count()).toBe(1 + 2);
  expect(await objections(page, "bulk done")).toEqual([]);
});

test("the outcomes are saved as a file that a spreadsheet opens, without what it would take for a formula", async () => {
  const page = await tested.open("hopper", "/bulk?do=expire");
  await rehearse(page, "=1+2 EDX-1061");
  await page.getByText("1 entitlement would change.").waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as CSV" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^bulk-expire-dry-run-\d{4}-\d\d-\d\d\.csv$/);
  expect(readFileSync(await file.path(), "utf8").split("\r\n")).toEqual([
    "\uFEFFGiven,Entitlement,Learner,Course,Order,Outcome,Why",
    "'=1+2,,,,,NOT_FOUND,",
    `EDX-1061,${nth(61)},full_shelf,"One of many, number 24",EDX-1061,CHANGED,`,
    "",
  ]);
});

test("a reader who leaves while it works is asked first, and a stop ends it after the part that is being done", async () => {
  const page = await tested.open("grace", "/bulk?do=revoke");
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  await meddle(page, async (route) => {
    await held;
    await route.continue();
  });
  await rehearse(page, MANY);
  await page.getByText(/entitlements would change/).waitFor();
  const before = await revoked();
  const count = await confirm(page);
  await page.getByRole("progressbar").waitFor();
  await page.getByRole("link", { name: "Learners" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Stay here" }).click();
  await page.getByRole("button", { name: "Stop" }).click();
  release();
  await page.getByText(`50 entitlements were changed. ${count - 50} were not done.`).waitFor();
  expect(await revoked()).toBe(before + 50);
  await page.getByRole("button", { name: `Try ${count - 50} again` }).click();
  await page.getByText(`${count} entitlements were changed.`).waitFor();
  expect(await revoked()).toBe(before + count);
  await page.getByRole("link", { name: "Learners" }).click();
  await page.getByRole("heading", { name: "Find a learner" }).waitFor();
});

test("what gets no answer is said so, and is done when it is tried again; a pause that the server asks for is kept", async () => {
  const page = await tested.open("grace", "/bulk?do=expire");
  await meddle(page, (route, part) => {
    const errors = [{ message: "Too many.", extensions: { code: "RATE_LIMITED", retryAfterSeconds: 1 } }];
    if (part === 1) return route.abort();
    return part === 2 ? route.fulfill({ status: 429, json: { errors } }) : route.continue();
  });
  await rehearse(page, nth(62));
  await page.getByText("1 entitlement would change.").waitFor();
  await confirm(page);
  await page.getByText("Nothing was changed. 1 was not done.").waitFor();
  await page.getByRole("row").getByText("No answer").waitFor();
  await page.getByRole("alert").getByText("The server does not answer").waitFor();
  await page.getByRole("button", { name: "Try 1 again" }).click();
  await page.getByText("The server asks for a pause.").waitFor();
  await page.getByText("1 entitlement was changed.").waitFor();
});

test("how many can be pasted is told before, and too many are refused before anything is asked", async () => {
  const page = await tested.open("grace", "/bulk");
  await page.getByText("at most 1,000", { exact: false }).waitFor();
  const orders = Array.from({ length: 1_001 }, (_, place) => `ORDER-${place}`).join(" ");
  await page.getByRole("textbox", { name: "Ids of entitlements" }).fill(orders);
  await page.getByText("1,001 are too many: at most 1,000 at a time.").waitFor();
  await page.getByRole("textbox", { name: "Why" }).fill("The campaign was ended.");
  expect(await page.getByRole("button", { name: "Dry run" }).isDisabled()).toBe(true);
});

test("support is offered what support may do, staff all of it, and a learner nothing", async () => {
  const offered = async (who: string) => {
    const page = await tested.open(who, "/bulk");
    await page.getByRole("group", { name: "What to do" }).waitFor();
    return page.getByRole("group", { name: "What to do" }).getByRole("button").allInnerTexts();
  };
  expect(await offered("grace")).toEqual(["Revoke", "Expire", "Renew"]);
  expect(await offered("hopper")).toEqual(["Revoke", "Expire", "Renew", "Refund", "Change the mode"]);
  const page = await tested.open("ada", "/bulk");
  await page.getByText("You may not see this").waitFor();
});

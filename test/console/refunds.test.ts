import type { Page } from "playwright-core";
import { objections, useConsole } from "../support/console";
import { endPauses } from "../support/refunds";
import { sweepRefunds } from "../../src/use-cases/refunds/sweep-refunds";
import { useDemoApp } from "../support/demo-app";

const app = useDemoApp({ REFUND_DEADLINE_MS: "300", MUTATIONS_PER_MINUTE: "1000" });
const tested = useConsole(app);
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

/** The orders of the demo world, by the number of their examples. */
const ORDERS = { DECLINED: 30, TIMEOUT: 31, SLOW: 32, LATE: 33, DUPLICATE: 34 };
type Order = keyof typeof ORDERS;

const row = (page: Page, order: Order) => page.getByRole("row").filter({ hasText: `-${order}` });

/** An agent has the order refunded, on the page of the entitlement. */
async function refund(order: Order): Promise<Page> {
  const id = `e0000000-0000-4000-8000-${String(ORDERS[order]).padStart(12, "0")}`;
  const page = await tested.open("grace", `/entitlements/${id}`);
  await page.getByRole("button", { name: "Refund…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("row").nth(1).waitFor();
  await dialog.getByRole("button", { name: "Refund", exact: true }).click();
  return page;
}

/** Background work asks the shop again until it has said all that it says. */
async function askAgain(): Promise<void> {
  const pending = "select from refund where next_attempt_at is not null";
  while ((await app.db.query<object[]>(pending)).length > 0) {
    await endPauses(app);
    await sweepRefunds(app);
  }
}

test("refunds that wait come first, the side bar tells their number, and the list follows by itself until the shop has paid", async () => {
  const page = await tested.open("grace", "/refunds", { bypassCSP: true });
  const review = page.getByRole("region", { name: "Wait for a decision" });
  await review.getByText("Refund that an agent has to decide").waitFor();
  await page.getByRole("link", { name: "Refunds 1 waits" }).waitFor();
  expect(await page.getByRole("region", { name: "The shop is being asked" }).count()).toBe(0);
  const agent = await refund("TIMEOUT");
  await agent.getByRole("status").getByText("The refund has been requested.").waitFor();
  await agent.getByText("In doubt: asking again").first().waitFor();
  await page.getByRole("link", { name: "Refunds" }).click();
  const underWay = page.getByRole("region", { name: "The shop is being asked" });
  await underWay.getByText("In doubt: asking again").waitFor();
  await underWay.getByRole("button", { name: /asked once/ }).click();
  await underWay.getByText("Attempt 1").waitFor();
  expect(await objections(page, "refunds")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await askAgain();
  // Nobody loads the page again.
  const settled = page.getByRole("region", { name: "Settled" });
  await settled.getByRole("button", { name: "asked 3 times EDX-1031-TIMEOUT" }).waitFor();
  await row(page, "TIMEOUT").getByText("Order refunded").waitFor();
  await underWay.waitFor({ state: "detached" });
});

test("a refund that the shop declines is told at once, and stands in the list as not refunded", async () => {
  const agent = await refund("DECLINED");
  await agent.getByRole("dialog").getByRole("alert").waitFor();
  const page = await tested.open("grace", "/refunds?state=FAILED");
  await row(page, "DECLINED").getByText("Not refunded").waitFor();
  await row(page, "DECLINED")
    .getByText("The shop said: the order cannot be refunded (ORDER_NOT_REFUNDABLE)")
    .waitFor();
  await agent.reload();
  const change = agent.getByRole("row", { name: "The shop said" });
  await change.getByText("the order cannot be refunded (ORDER_NOT_REFUNDABLE)").waitFor();
});

test("a shop that is slow, or that has refunded the order before, is waited for, and its reference is shown", async () => {
  const page = await tested.open("grace", "/refunds?state=SUCCEEDED");
  for (const order of ["SLOW", "DUPLICATE"] as const) {
    const agent = await refund(order);
    await agent.getByRole("status").getByText("The refund has been requested.").waitFor();
    await agent.getByText("Order refunded", { exact: true }).first().waitFor();
  }
  await page.reload();
  await row(page, "SLOW")
    .getByText(/^RF-[0-9a-f]{8}$/)
    .waitFor();
  await row(page, "DUPLICATE").getByText("RF-BEFORE-EDX-1034-DUPLICATE").waitFor();
});

test("an answer that comes too late is found when the shop is asked again, and the attempts tell both", async () => {
  const agent = await refund("LATE");
  await agent.getByText("In doubt: asking again").first().waitFor();
  const page = await tested.open("grace", "/refunds?order=EDX-1033-LATE");
  await row(page, "LATE").getByText("In doubt: asking again").waitFor();
  await askAgain();
  await row(page, "LATE").getByText("Order refunded").waitFor();
  await row(page, "LATE")
    .getByRole("button", { name: /asked 2 times/ })
    .press("Enter");
  await page.getByText("Answer: Unknown").waitFor();
  await page.getByText("Answer: Accepted").waitFor();
});

test("what is filtered is in the address, which shows the same to a colleague, and nothing found is said", async () => {
  const page = await tested.open("grace", "/refunds");
  await page.getByRole("textbox", { name: "Learner" }).fill("ADA");
  await page.getByRole("button", { name: "Needs a decision" }).click();
  await page.waitForURL(/\?state=NEEDS_REVIEW&learner=ADA$|\?learner=ADA&state=NEEDS_REVIEW$/);
  await page.getByText("Refund that an agent has to decide").waitFor();
  const colleague = await tested.open("hopper", page.url().slice(tested.url.length));
  await colleague.getByText("Refund that an agent has to decide").waitFor();
  expect(await colleague.getByRole("textbox", { name: "Learner" }).inputValue()).toBe("ADA");
  await colleague.getByRole("textbox", { name: "Order number" }).fill("NO-SUCH-ORDER");
  await colleague.getByText("Nothing fits these filters.").waitFor();
});

test("a refund is decided in the list with the keyboard alone, and nothing waits afterwards", async () => {
  const page = await tested.open("grace", "/refunds");
  await page.getByRole("button", { name: /^Decide… / }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio").first().waitFor();
  await dialog.getByRole("radio").nth(1).focus();
  await page.keyboard.press("Space");
  await dialog.getByRole("row").nth(1).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("The shop has no record of it.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Done: Decide the refund.").waitFor();
  await page.locator("[role=status]:focus").waitFor();
  await page.getByRole("region", { name: "Wait for a decision" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Refunds", exact: true }).waitFor();
});

test("a learner is refused the list, and is offered no section for it", async () => {
  const page = await tested.open("ada", "/refunds");
  await page.getByRole("alert").getByText("You may not see this").waitFor();
  expect(await page.getByRole("link", { name: "Refunds" }).count()).toBe(0);
});

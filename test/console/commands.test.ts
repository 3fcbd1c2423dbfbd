import type { Page } from "playwright-core";
import { objections, useConsole } from "../support/console";
import { endPauses } from "../support/refunds";
import { sweepRefunds } from "../../src/use-cases/refunds/sweep-refunds";
import { useDemoApp } from "../support/demo-app";

const app = useDemoApp({ REFUND_DEADLINE_MS: "200" });
const tested = useConsole(app);
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

/** The entitlement of an example of the demo world, by the number of the example. */
const idOf = (number: number) => `e0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const nth = (number: number) => `/entitlements/${idOf(number)}`;
const EXPIRED_BY_SUPPORT = 10;
const WITHOUT_ANSWER = 31;
const IN_REVIEW = 63;
const REISSUED = 64;

const PENDING = "select from refund where entitlement_id = $1 and next_attempt_at is not null";

/** Fills in why, and confirms. */
async function confirm(page: Page, button: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Why" }).fill("As told on the telephone.");
  await dialog.getByRole("button", { name: button, exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
}

/** The rows of what a dialog says it will change, and of the newest event afterwards. */
const rowsIn = async (place: ReturnType<Page["locator"]>) => {
  await place.getByRole("row").nth(1).waitFor();
  return (await place.getByRole("row").allInnerTexts()).map((row) => row.replaceAll(/\s+/g, " "));
};

test("a dialog shows before what happens afterwards, wants to know why, and says that it is done", async () => {
  const page = await tested.open("grace", nth(EXPIRED_BY_SUPPORT), { bypassCSP: true });
  await page.getByRole("button", { name: "Reissue…" }).click();
  const dialog = page.getByRole("dialog");
  const promised = await rowsIn(dialog);
  expect(promised.join()).toContain("Refunds locked");
  expect(await dialog.getByRole("button", { name: "Reissue" }).isDisabled()).toBe(true);
  expect(await objections(page, "dialog")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await confirm(page, "Reissue");
  await page.getByRole("status").getByText("Done: Reissue the entitlement.").waitFor();
  const event = page.getByRole("listitem").filter({ hasText: "reissued the entitlement" });
  expect(await rowsIn(event)).toEqual(promised);
  await event.getByText("As told on the telephone.").waitFor();
});

test("a mistake is reverted from the timeline, with the keyboard alone", async () => {
  const page = await tested.open("grace", nth(EXPIRED_BY_SUPPORT));
  const event = page.getByRole("listitem").filter({ hasText: "expired the entitlement" });
  await event.getByRole("button", { name: /^Revert to this/ }).press("Enter");
  await page.getByRole("dialog").getByRole("row").nth(1).waitFor();
  await page.keyboard.type("It was the wrong learner.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /grace\s+reverted to an earlier state/ }).waitFor();
});

test("a refusal is shown before anything is confirmed", async () => {
  const page = await tested.open("grace", nth(REISSUED));
  await page.getByRole("button", { name: "Refund…" }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  expect(await page.getByRole("dialog").getByRole("button", { name: "Refund" }).isDisabled()).toBe(true);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

test("what a colleague has done in the meantime is a conflict, and is shown before it is tried again", async () => {
  const page = await tested.open("grace", nth(REISSUED));
  await page.getByRole("button", { name: "Expire…" }).click();
  await page.getByRole("dialog").getByRole("row").nth(1).waitFor();
  const colleague = await tested.open("hopper", nth(REISSUED));
  await colleague.getByRole("button", { name: "More", exact: true }).click();
  await colleague.getByRole("menuitem", { name: "Lock refunds…" }).click();
  await colleague.getByRole("dialog").getByRole("row").nth(1).waitFor();
  await confirm(colleague, "Lock refunds");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Why" }).fill("As told on the telephone.");
  await dialog.getByRole("button", { name: "Expire", exact: true }).click();
  await dialog.getByText("Something has changed since you opened this").waitFor();
  await dialog.getByRole("button", { name: "Show what has changed" }).click();
  await dialog.getByText("In the meantime: hopper changed the lock of refunds").waitFor();
  await dialog.getByRole("button", { name: "Expire", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("heading", { name: /grace\s+expired the entitlement/ }).waitFor();
});

test("a refund that waits for a decision is decided", async () => {
  const page = await tested.open("grace", nth(IN_REVIEW));
  await page.getByRole("button", { name: "Decide…" }).click();
  await page.getByText("It has refunded the order").click();
  await page.getByRole("dialog").getByRole("row").nth(1).waitFor();
  await confirm(page, "Decide");
  await page.getByRole("heading", { name: /grace\s+decided the refund/ }).waitFor();
});

test("a learner chooses a session, changes it and leaves it, and sees why others cannot be chosen", async () => {
  const page = await tested.open("ada", "/me", { bypassCSP: true });
  const card = page.getByRole("listitem").filter({ hasText: "Available, every kind of run" });
  await card.getByRole("button", { name: /^Choose a session/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Enrollment in the run has closed.").first().waitFor();
  expect(await objections(page, "choose")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByRole("radio").first().check({ force: true });
  await dialog.getByRole("button", { name: "Save" }).click();
  await page
    .getByRole("status")
    .getByText(/^Done: /)
    .waitFor();
  await card.getByRole("button", { name: /^Leave session/ }).click();
  await dialog.getByRole("button", { name: "Leave session" }).click();
  await card.getByRole("button", { name: /^Choose a session/ }).waitFor();
});

test("a refund that the shop declines is told to the learner, and one without an answer is lived through to its end", async () => {
  const page = await tested.open("ada", "/me");
  const ask = async (title: string) => {
    const card = page.getByRole("listitem").filter({ hasText: title });
    await card.getByRole("button", { name: /^Get a refund/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Get a refund" }).click();
    return card;
  };
  await ask("Refund that the shop declines");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  const card = await ask("Refund that gets no answer");
  await card.getByText("The shop is being asked for your refund.").waitFor();
  const agent = await tested.open("grace", nth(WITHOUT_ANSWER));
  await agent.getByText("In doubt: asking again").first().waitFor();
  // The background work asks again, and neither page is loaded again.
  while ((await app.db.query<object[]>(PENDING, [idOf(WITHOUT_ANSWER)])).length > 0) {
    await endPauses(app);
    await sweepRefunds(app);
  }
  await card.getByText("The order has already been refunded.").waitFor();
  const refunds = agent.getByRole("region", { name: "Refunds" });
  await refunds.getByText("Order refunded", { exact: true }).waitFor();
  await agent
    .getByRole("heading", { name: /followed up the refund/ })
    .first()
    .waitFor();
});

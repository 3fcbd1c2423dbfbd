import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const tested = useConsole(useDemoApp({ MUTATIONS_PER_MINUTE: "1000" }));
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

const GRANTED_BY_SUPPORT = "/entitlements/e0000000-0000-4000-8000-000000000014";
const REDEEMED = "/entitlements/e0000000-0000-4000-8000-000000000003";

test("an agent grants a course that is found by words of its title, and opens the new entitlement", async () => {
  const page = await tested.open("grace", "/learners/bob", { bypassCSP: true });
  await page.getByRole("button", { name: "Grant…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Course" }).fill("redeemable unt");
  await page.getByRole("option", { name: "Redeemable until tomorrow" }).waitFor();
  expect(await objections(page, "grant course")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("option", { name: "Redeemable until tomorrow" }).click();
  await dialog.getByText("verified", { exact: true }).click();
  await dialog.getByRole("textbox", { name: "Order number" }).fill("BY-HAND-1");
  await dialog.getByRole("row", { name: /^Order.*BY-HAND-1/ }).waitFor();
  expect(await dialog.getByRole("button", { name: "Grant" }).isDisabled()).toBe(true);
  await dialog.getByRole("textbox", { name: "Why" }).fill("The order had not arrived.");
  expect(await objections(page, "grant")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByRole("button", { name: "Grant" }).click();
  await page.getByRole("status").getByRole("link", { name: "Open the entitlement" }).click();
  await page.getByRole("heading", { name: /grace\s+granted the entitlement/ }).waitFor();
  await page.getByText("The order had not arrived.").waitFor();
  await page.getByText("BY-HAND-1").first().waitFor();
});

test("before a course is granted, the agent is told that the learner has it already", async () => {
  const page = await tested.open("grace", "/learners/ada");
  await page.getByRole("button", { name: "Grant…" }).press("Enter");
  await page.locator("[role=combobox]:focus").waitFor();
  await page.keyboard.type("two ent");
  await page.getByRole("option", { name: "Two entitlements for one course" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("verified", { exact: true }).click();
  await dialog.getByText("The learner has an entitlement for the course that has not expired.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.locator("button:focus", { hasText: "Grant…" }).waitFor();
});

test("staff assigns another policy, and the one that the entitlement has cannot be chosen", async () => {
  const page = await tested.open("hopper", GRANTED_BY_SUPPORT, { bypassCSP: true });
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Assign a policy…" }).click();
  const dialog = page.getByRole("dialog");
  const current = dialog.getByRole("radio", { name: /The entitlement has this policy already/ });
  expect(await current.isDisabled()).toBe(true);
  await dialog.getByText("Default of the installation").click();
  await dialog.getByRole("row", { name: /^Policy/ }).waitFor();
  expect(await objections(page, "assign policy")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByRole("textbox", { name: "Why" }).fill("It was sold before the campaign.");
  await dialog.getByRole("button", { name: "Assign a policy" }).click();
  await page.getByRole("heading", { name: /hopper\s+assigned another policy/ }).waitFor();
  const standing = page.getByRole("region", { name: "How it stands" });
  await standing.getByText("Default of the installation").waitFor();
});

test("an entitlement is revoked while the learner stays in the session as an auditor", async () => {
  const page = await tested.open("grace", REDEEMED);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Revoke…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("The learner stays in the session in the mode audit").click();
  await dialog.getByRole("row", { name: /Revoked/ }).waitFor();
  await dialog.getByRole("textbox", { name: "Why" }).fill("Refunded by the bank.");
  await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("heading", { name: /grace\s+revoked the entitlement/ }).waitFor();
  await page.getByText("Refunded by the bank.").waitFor();
});

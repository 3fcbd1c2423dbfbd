import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const tested = useConsole(useDemoApp({ MUTATIONS_PER_MINUTE: "1000" }));
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

const SITE = "demo.example, any mode";
const SHORT = "partner.demo.example, any mode";

test("staff sees how many have each policy, and before a change what becomes of them", async () => {
  const page = await tested.open("hopper", "/policies", { bypassCSP: true });
  const row = page.getByRole("row").filter({ hasText: SHORT });
  await row.waitFor();
  expect((await row.innerText()).replaceAll(/\s+/g, " ")).toContain("30 days 5 days 2 days 2 In use");
  await page.getByRole("row", { name: /Where no policy applies/ }).waitFor();
  expect(await objections(page, "policies")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: `Edit… ${SITE}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Days to choose a session" }).fill("20");
  await dialog.getByText(/entitlements expire at once/).waitFor();
  await dialog.getByRole("row", { name: /^To choose a session.*730 days.*20 days/ }).waitFor();
  expect(await dialog.getByRole("row", { name: /^Not expired/ }).innerText()).toMatch(/\d+\s+\d+/);
  expect(await objections(page, "policy edit")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "hidden" });
  await row.getByText("30 days").waitFor();
});

test("a policy is created with the default periods, changed, retired, used again and deleted, and its history tells it all", async () => {
  const page = await tested.open("hopper", "/policies", { bypassCSP: true });
  const name = "any site, professional";
  await page.getByRole("button", { name: "New policy…" }).click();
  const dialog = page.getByRole("dialog");
  const field = dialog.getByRole("textbox", { name: "Days to leave or switch a session" });
  expect(await field.inputValue()).toBe("14");
  await dialog.getByText("Any site", { exact: true }).click();
  await dialog.getByText("professional, with and without an identity check").click();
  await field.fill("7");
  await dialog.getByRole("row", { name: /^To leave.*7 days/ }).waitFor();
  expect(await objections(page, "policy new")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByRole("button", { name: "Create" }).click();
  const row = page.getByRole("row").filter({ hasText: name });
  await row.getByText("7 days").waitFor();

  await page.getByRole("button", { name: `Edit… ${name}` }).press("Enter");
  await field.fill("9");
  await dialog.getByText("No entitlement has it that could change.").waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await row.getByText("9 days").waitFor();

  const give = async (command: string) => {
    await page.getByRole("button", { name: `More: ${name}` }).click();
    await page.getByRole("menuitem", { name: `${command}…` }).click();
    await dialog.getByRole("heading", { name: "What will change" }).waitFor();
    await dialog.getByRole("button", { name: command }).click();
    await dialog.waitFor({ state: "hidden" });
  };
  await give("Retire");
  await row.getByText(/^Retired /).waitFor();
  await give("Use again");
  await row.getByText("In use").waitFor();
  await page.getByRole("button", { name: `History: ${name}` }).click();
  await page.waitForURL(/\?policy=/);
  const events = page.getByRole("heading", { level: 3 });
  await events.nth(3).waitFor();
  expect((await events.allInnerTexts()).map((text) => text.replaceAll("\n", " "))).toEqual([
    "hopper changed the policy",
    "hopper changed the policy",
    "hopper changed the policy",
    "hopper created the policy",
  ]);
  await page.reload(); // the address shows a colleague the same
  await events.nth(3).waitFor();
  expect(await objections(page, "policy history")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await give("Delete");
  await row.waitFor({ state: "detached" });
});

test("a policy that entitlements have is not deleted, and a second one for the same site and mode is refused", async () => {
  const page = await tested.open("hopper", "/policies");
  await page.getByRole("button", { name: `More: ${SHORT}` }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("alert").getByText("Retire the policy instead.").waitFor();
  expect(await dialog.getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "New policy…" }).click();
  await dialog.getByText("partner.demo.example", { exact: true }).click();
  await dialog.getByText("Any mode", { exact: true }).click();
  await dialog.getByRole("alert").getByText("exists already").waitFor();
});

test("what a colleague has changed in the meantime is a conflict", async () => {
  const page = await tested.open("hopper", "/policies");
  await page.getByRole("button", { name: `Edit… ${SHORT}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Days to have the order refunded" }).fill("6");
  await dialog.getByRole("row", { name: /6 days/ }).waitFor();
  const colleague = await tested.open("hopper", "/policies");
  await colleague.getByRole("button", { name: `Edit… ${SHORT}` }).click();
  await colleague.getByRole("textbox", { name: "Days to have the order refunded" }).fill("8");
  await colleague.getByRole("row", { name: /8 days/ }).waitFor();
  await colleague.getByRole("button", { name: "Save" }).click();
  await colleague.getByText("8 days").waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Something has changed since you opened this").waitFor();
  await dialog.getByRole("button", { name: "Show what has changed" }).click();
  await dialog.getByRole("row", { name: /8 days.*6 days/ }).waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row").filter({ hasText: SHORT }).getByText("6 days").waitFor();
});

test("a support agent reads the policies and changes none", async () => {
  const page = await tested.open("grace", "/policies");
  await page.getByRole("button", { name: `History: ${SHORT}` }).waitFor();
  expect(await page.getByRole("button", { name: /^(New policy|Edit)/ }).count()).toBe(0);
});

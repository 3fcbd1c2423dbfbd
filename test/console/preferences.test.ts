import type { Page } from "playwright-core";
import { useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const tested = useConsole(useDemoApp());
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

const AN_ENTITLEMENT = "/entitlements/e0000000-0000-4000-8000-000000000064";
const shown = async (page: Page) => page.getByRole("heading", { name: "Timeline" }).waitFor();

test("nothing moves for a reader who wants less motion", async () => {
  const page = await tested.open("grace", AN_ENTITLEMENT, { reducedMotion: "reduce" });
  await shown(page);
  await page.getByRole("button", { name: "Reissue…" }).click();
  await page.getByRole("dialog").waitFor();
  const moving = await page.evaluate(
    "[...document.querySelectorAll('*')].filter((each) => getComputedStyle(each).animationName !== 'none' || parseFloat(getComputedStyle(each).transitionDuration) > 0.01).length",
  );
  expect(moving).toBe(0);
});

test("with forced colors, what only a background shows is still there to see", async () => {
  const page = await tested.open("grace", AN_ENTITLEMENT, { forcedColors: "active" });
  await shown(page);
  if (process.env["SCREENSHOTS"]) await page.screenshot({ path: `${process.env["SCREENSHOTS"]}/forced.png` });
  // Browsers replace all backgrounds by one color: what they draw apart needs a border or a color of the system.
  const hidden =
    await page.evaluate(`[...document.querySelectorAll(".track-line, .dot, .thumb, .badge, .button, .side a.on")]
    .filter((each) => {
      const { borderTopWidth, backgroundColor, outlineWidth, outlineStyle } = getComputedStyle(each);
      const isLined = parseFloat(borderTopWidth) > 0 || (outlineStyle !== "none" && parseFloat(outlineWidth) > 0);
      return !isLined && backgroundColor === getComputedStyle(document.body).backgroundColor;
    })
    .map(({ className }) => className)`);
  expect(hidden).toEqual([]);
});

test("an entitlement is read, travelled through and reissued with the keyboard alone", async () => {
  const page = await tested.open("grace", AN_ENTITLEMENT);
  await shown(page);
  const focused = () =>
    page.evaluate<string>(
      "(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()",
    );
  const tabTo = async (name: RegExp) => {
    for (let times = 0; times < 60; times++) {
      await page.keyboard.press("Tab");
      if (name.test(await focused())) return;
    }
    throw new Error(`the keyboard does not reach ${String(name)}`);
  };
  await tabTo(/^Skip to the content/);
  await page.keyboard.press("Enter");
  await tabTo(/^Reissue/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(/^Cancel/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator("button:focus").getByText("Reissue…").waitFor();
});

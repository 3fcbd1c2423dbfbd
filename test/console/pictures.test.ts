import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { fillDemoWorld } from "../../src/demo/world";
import { appOn } from "../support/app";
import { launchPinnedBrowser } from "../support/browser";
import { useConsole } from "../support/console";
import { useDatabase } from "../support/database";

const NOW = new Date("2026-03-02T09:30:00.000Z");
/** The greatest part of a picture that may differ from the kept one. */
const DIFFERENT_AT_MOST = 0.001;
const KEPT = join(__dirname, "../../../test/console/pictures");
/** Where a picture that differs is put, beside what differs. */
const DIFFERENT = join(__dirname, "../../pictures");

const app = appOn(useDatabase("empty"), { SITE_DOMAIN: "demo.example" }, () => NOW);
beforeAll(async () => {
  await fillDemoWorld(app);
  await app.committer.settle();
});
const tested = useConsole(app, {}, launchPinnedBrowser);
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

const REISSUED = "/entitlements/e0000000-0000-4000-8000-000000000064";
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

interface State {
  name: string;
  who: string | null;
  path: string;
  viewport: { width: number; height: number };
  colorScheme?: "dark";
  locale?: "de-DE";
  /** Brings the page to the state, and waits until it is there. */
  reach: (page: Page) => Promise<unknown>;
}

const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole("heading", { name }).first().waitFor();

const STATES: State[] = [
  { name: "sign in", who: null, path: "/", viewport: DESK, reach: heading("Sign in") },
  {
    name: "results of a search",
    who: "grace",
    path: "/?q=ada",
    viewport: DESK,
    reach: async (page) => {
      await page.locator(".find-result").first().waitFor();
      await page.locator("input:focus").waitFor();
    },
  },
  {
    name: "learner",
    who: "grace",
    path: "/learners/ada",
    viewport: DESK,
    reach: (page) => page.getByRole("row").nth(5).waitFor(),
  },
  { name: "entitlement", who: "grace", path: REISSUED, viewport: DESK, reach: heading("Timeline") },
  {
    name: "entitlement on a phone in the dark",
    who: "grace",
    path: REISSUED,
    viewport: PHONE,
    colorScheme: "dark",
    reach: heading("Timeline"),
  },
  {
    name: "entitlement in the past",
    who: "grace",
    path: `${REISSUED}?at=2026-02-21T09:30:00.000Z`,
    viewport: DESK,
    reach: heading(/^As of /),
  },
  {
    name: "dialog to reissue",
    who: "grace",
    path: REISSUED,
    viewport: DESK,
    reach: async (page) => {
      await page.getByRole("button", { name: "Reissue…" }).click();
      await page.getByRole("dialog").getByRole("row").nth(1).waitFor();
      await page.locator("textarea:focus").waitFor();
    },
  },
  {
    name: "refunds in German",
    who: "grace",
    path: "/refunds",
    viewport: DESK,
    locale: "de-DE",
    reach: (page) => page.getByRole("row").nth(2).waitFor(),
  },
  {
    name: "history search",
    who: "hopper",
    path: "/history?q=actor%3Agrace",
    viewport: DESK,
    reach: heading(/^\d+ changes, the newest first$/),
  },
  {
    name: "own courses on a phone",
    who: "ada",
    path: "/me",
    viewport: PHONE,
    reach: (page) =>
      page
        .getByRole("button", { name: /^Choose a session/ })
        .first()
        .waitFor(),
  },
];

test.each(STATES)("the page looks as before: $name", async ({ name, who, path, reach, ...looks }) => {
  const page = await tested.open(who, path, { now: NOW, ...looks });
  await reach(page);
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  const taken = await page.screenshot({ animations: "disabled", caret: "hide" });
  const file = `${name.replaceAll(" ", "-")}.png`;
  if (process.env["UPDATE_PICTURES"]) writeFileSync(join(KEPT, file), taken);
  expect(existsSync(join(KEPT, file))).toBe(true);
  const now = PNG.sync.read(taken);
  const { width, height, data } = PNG.sync.read(readFileSync(join(KEPT, file)));
  expect([now.width, now.height]).toEqual([width, height]);
  const difference = new PNG({ width, height });
  const pixels = pixelmatch(data, now.data, difference.data, width, height);
  if (pixels > width * height * DIFFERENT_AT_MOST) {
    mkdirSync(DIFFERENT, { recursive: true });
    writeFileSync(join(DIFFERENT, file), taken);
    writeFileSync(join(DIFFERENT, `different-${file}`), PNG.sync.write(difference));
  }
  expect(pixels / (width * height)).toBeLessThanOrEqual(DIFFERENT_AT_MOST);
});

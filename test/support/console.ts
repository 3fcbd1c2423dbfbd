import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { App } from "../../src/app";
import { launchBrowser } from "./browser";
import { serve, type TestServer } from "./http";

/** The console of a server of a test's own, in one browser for the whole file. */
export interface TestConsole {
  url: string;
  server: TestServer;
  /** What the pages have asked of other machines; it has to stay empty. */
  outside: string[];
  /** What the pages have complained of, such as their policy; likewise. */
  complaints: string[];
  /**
   * Opens an address until the end of the test, signed in as a demo account, or as nobody; `now` is the instant at which
   * its clock stands.
   */
  open(who: string | null, path: string, options?: BrowserContextOptions & { now?: Date }): Promise<Page>;
}

/** Each size and each color scheme is judged once; the pictures for people show all pairs. */
const LOOKS = [
  { name: "light", width: 1440, colorScheme: "light", isJudged: true },
  { name: "dark", width: 1440, colorScheme: "dark", isJudged: false },
  { name: "phone", width: 390, colorScheme: "light", isJudged: false },
  { name: "dark phone", width: 390, colorScheme: "dark", isJudged: true },
] as const;

/** Serves the console before the tests of a file, with settings and a browser of its own, and ends it after them. */
export function useConsole(
  app: App,
  settings: Record<string, string> = {},
  launch = launchBrowser,
): TestConsole {
  const dataDir = mkdtempSync(join(tmpdir(), "console-"));
  let browser: Browser;
  const tested = { outside: [] as string[], complaints: [] as string[] } as TestConsole;
  let tokens: Map<string, string>;
  const contexts: BrowserContext[] = [];
  afterEach(() => Promise.all(contexts.splice(0).map((context) => context.close())));
  beforeAll(async () => {
    tested.server = await serve(app, { JWT_JWK_SET: "", DATA_DIR: dataDir, ...settings });
    tested.url = `${tested.server.url}/console`;
    const accounts = await (await fetch(`${tested.url}/accounts.json`)).json();
    tokens = new Map(
      (accounts as { username: string; token: string }[]).map((each) => [each.username, each.token]),
    );
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await tested.server.stop();
    rmSync(dataDir, { recursive: true });
  });
  tested.open = async (who, path, { now, ...options } = {}) => {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: "en-US",
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
      ...options,
    });
    contexts.push(context);
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    if (now) await page.clock.setFixedTime(now);
    const isOurs = (url: string) => url.startsWith(tested.server.url) || url.startsWith("data:");
    page.on("request", (request) => isOurs(request.url()) || tested.outside.push(request.url()));
    page.on("console", (message) => {
      // A refused request is part of some tests; the browser reports it as an error.
      if (message.type() === "error" && !/Failed to load resource/.test(message.text()))
        tested.complaints.push(message.text());
    });
    page.on("pageerror", (error) => tested.complaints.push(error.message));
    if (who !== null)
      await page.addInitScript(
        `sessionStorage.getItem("was") ?? (sessionStorage.setItem("entitlements.token", ${JSON.stringify(tokens.get(who))}), sessionStorage.setItem("was", "in"));`,
      );
    await page.goto(tested.url + path);
    return page;
  };
  return tested;
}

const axe = require.resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What reaches beyond the edge of a box that hides it. */
const CUT_OFF = `[...document.querySelectorAll("*")].filter((each) => each.scrollWidth > each.clientWidth + 1 &&
  each.clientWidth > 1 && ["hidden", "clip"].includes(getComputedStyle(each).overflowX) &&
  getComputedStyle(each).textOverflow !== "ellipsis").map(({ tagName, className }) => tagName + " " + className)`;

/**
 * What WCAG 2.2 AA and good practice object to in what a page shows, in the light and in the dark, on a desk and on a
 * telephone. The page must be opened with `bypassCSP`. Takes pictures, for people, where SCREENSHOTS names a folder.
 */
export async function objections(page: Page, shown: string): Promise<string[]> {
  const folder = process.env["SCREENSHOTS"];
  if ((await page.evaluate("typeof axe")) === "undefined") await page.addScriptTag({ path: axe });
  const all: string[] = [];
  const isWider = () => page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
  // What floats above the page is put in its place a moment after the size has changed.
  const isTooWide = async () => {
    for (let tries = 0; tries < 20 && (await isWider()); tries++) await page.waitForTimeout(100);
    return isWider();
  };
  for (const { name, width, colorScheme, isJudged } of LOOKS) {
    if (!isJudged && !folder) continue;
    await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    if (folder) await page.screenshot({ path: join(folder, `${shown} ${name}.png`.replaceAll(" ", "-")) });
    if (!isJudged) continue;
    const found = await page.evaluate<
      string[]
    >(`axe.run({ runOnly: ${JSON.stringify(RULES)}, resultTypes: ["violations"] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + " " + html + " " + failureSummary)))`);
    all.push(
      ...found.map((each) => `${name}: ${each}`),
      ...((await isTooWide()) ? [`${name}: scrolls sideways`] : []),
    );
  }
  // A telephone of the smallest size, a desk at 200 % zoom, and small desks.
  for (const width of [320, 720, 1024, 1190]) {
    await page.setViewportSize({ width, height: 700 });
    if (folder && width === 320)
      await page.screenshot({ path: join(folder, `${shown} small.png`.replaceAll(" ", "-")) });
    if (await isTooWide()) all.push(`scrolls sideways at ${width} px`);
    all.push(...(await page.evaluate<string[]>(CUT_OFF)).map((each) => `${each} is cut off at ${width} px`));
  }
  return all;
}

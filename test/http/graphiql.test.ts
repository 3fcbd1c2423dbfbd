import { setTimeout as delay } from "node:timers/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../support/browser";
import { useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";

describe("GraphiQL in a browser", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "graphiql-"));
  const app = useDemoApp();
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const outside: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await serve(app, { JWT_JWK_SET: "", DATA_DIR: dataDir });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.on(
      "request",
      (request) =>
        request.url().startsWith(server.url) ||
        request.url().startsWith("data:") ||
        outside.push(request.url()),
    );
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    rmSync(dataDir, { recursive: true });
  });

  const answer = () => page.locator(".graphiql-response");
  const run = () => page.getByRole("button", { name: /execute query/i }).click();
  const shoot = async (name: string) => {
    const dir = process.env["SCREENSHOTS"];
    if (dir) await page.screenshot({ path: join(dir, `${name}.png`) });
  };

  const tab = (name: string) => page.getByRole("tab", { name, exact: true });
  /** Opens a tab, and waits until GraphiQL has read which operation it holds. */
  async function open(name: string): Promise<void> {
    await tab(name).click();
    const stored = 'localStorage.getItem("course-entitlements:graphiql:operationName")';
    while ((await page.evaluate(stored)) !== name) await delay(20);
  }
  /** Runs the query of the open tab, and returns its answer once it holds a text. */
  async function answerWith(text: string): Promise<string> {
    await run();
    await answer().getByText(text).first().waitFor();
    return answer().innerText();
  }
  const headers = () =>
    page
      .locator(".graphiql-editor-tool .CodeMirror:visible")
      .evaluate((editor) =>
        (editor as unknown as { CodeMirror: { getValue(): string } }).CodeMirror.getValue(),
      );
  const nameIn = (shown: string) => {
    const [, payload] = /eyJ[\w-]+\.([\w-]+)\./.exec(shown) ?? [];
    if (!payload) return null;
    return (JSON.parse(Buffer.from(payload, "base64url").toString()) as { preferred_username: string })
      .preferred_username;
  };

  test("there is a tab for each demo account, whose query is answered with the account's token, without any network", async () => {
    await page.goto(`${server.url}/graphiql`);
    expect(await answerWith("refundBlocker")).toContain('"username": "ada"');
    await shoot("graphiql");
    for (const [name, username, text] of [
      ["Support", "grace", "supportDetails"],
      ["Staff", "hopper", "changedByLabel"],
      ["Service", "shop", "orderPreview"],
    ] as const) {
      await open(name);
      expect(nameIn(await headers())).toBe(username);
      expect(await answerWith(text)).not.toContain('"errors"');
      await shoot(`graphiql-${name}`);
    }
    expect(outside).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("when the page is opened again, each tab has a new token of its account, and the browser has stored none", async () => {
    const before = await headers();
    await delay(1_000); // GraphiQL stores its tabs after half a second, and a token tells its second
    await page.reload();
    await page.getByRole("tab").first().waitFor();
    expect(await answerWith("orderPreview")).not.toContain('"errors"');
    expect(nameIn(await headers())).toBe("shop");
    expect(await headers()).not.toBe(before);
    await open("Support");
    expect(nameIn(await headers())).toBe("grace");
    await open("Learner");
    expect(await answerWith("refundBlocker")).toContain('"username": "ada"');
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain("eyJ");
    expect(await page.getByRole("tab").count()).toBe(4);
  });

  test("a new tab has no token, also when the page is opened again", async () => {
    await page.getByRole("button", { name: /new tab/i }).click();
    expect(nameIn(await headers())).toBeNull();
    await delay(1_000); // GraphiQL stores its tabs after half a second
    await page.reload();
    await page.getByRole("tab").first().waitFor();
    expect(nameIn(await headers())).toBeNull();
    await open("Learner");
  });

  test("GraphiQL shows the documentation and completes from the schema", async () => {
    await page.getByRole("button", { name: /show documentation explorer/i }).click();
    await page
      .getByRole("link", { name: "Query", exact: true })
      .or(page.getByText("Query", { exact: true }))
      .first()
      .click();
    await page.getByText("entitlementPolicies").first().waitFor();
    await shoot("graphiql-docs");
    expect(complaints).toEqual([]);
  });

  test("Sandbox's page links to GraphiQL when its own servers cannot be reached", async () => {
    const offline = await browser.newPage();
    await offline.goto(`${server.url}/`, { waitUntil: "commit" });
    const way = offline.getByRole("link", { name: /works without a network/ });
    await way.waitFor();
    await offline.waitForTimeout(2_500);
    const dir = process.env["SCREENSHOTS"];
    if (dir) await offline.screenshot({ path: join(dir, "sandbox.png") });
    await way.click();
    await offline.waitForURL(/graphiql/);
  });
});

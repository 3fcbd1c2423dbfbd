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
  }, 120_000);
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

  test("the first query runs with the token it opens with, without any network", async () => {
    await page.goto(`${server.url}/graphiql`);
    await run();
    await answer().getByText("refundBlocker").first().waitFor();
    await shoot("graphiql");
    expect(await answer().innerText()).toContain('"username": "ada"');
    expect(outside).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("it opens the same way the next time", async () => {
    await page.reload();
    await run();
    await answer().getByText("refundBlocker").first().waitFor();
    expect(await answer().innerText()).toContain('"username": "ada"');
  });

  test("it knows the schema: documentation and completion", async () => {
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

  test("Sandbox's page says where to go when its own servers cannot be reached", async () => {
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

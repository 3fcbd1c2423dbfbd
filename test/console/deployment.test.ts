import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";
import { until } from "../support/waiting";

const dir = mkdtempSync(join(tmpdir(), "deployment-"));
const file = (name: string, content: string) => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};
afterAll(() => rmSync(dir, { recursive: true }));

const BRAND =
  ":root { --pgn-color-primary-base: #0a3055 } html::before { content: url(https://elsewhere.example/x.png) }";
const tested = useConsole(useDemoApp(), {
  TRUSTED_DOCUMENTS: file("own.json", JSON.stringify({ own: "{ viewer { id } }" })),
  CONSOLE_BRAND_CSS: file("light.css", BRAND),
  JWT_COOKIES: "on",
});

test("beside a server that answers only known documents, the console sends ids and no text", async () => {
  const page = await tested.open("grace", "/learners/bob");
  const sent: string[] = [];
  page.on("request", (request) => request.url().endsWith("/graphql") && sent.push(request.postData() ?? ""));
  await page.reload();
  await page.getByRole("heading", { name: "bob", level: 1 }).waitFor();
  await page.getByRole("button", { name: "Expired", exact: true }).click();
  await page.waitForURL(/state=EXPIRED/);
  expect(sent.length).toBeGreaterThan(1);
  for (const body of sent) {
    expect(body).not.toContain('"query"');
    expect(body).toContain('"sha256Hash":"sha256:');
  }
  const { status } = await tested.server.ask(null, "{ viewer { username } }");
  expect(status).toBe(400);
});

test("the colors of a brand are taken, and what else its style sheet asks for is not fetched", async () => {
  const page = await tested.open("grace", "/learners/bob", { bypassCSP: true });
  await page.getByRole("heading", { name: "bob", level: 1 }).waitFor();
  const [accent] = await page.evaluate<string[]>(
    "[getComputedStyle(document.documentElement).getPropertyValue('--brand')]",
  );
  expect(accent).toBe("#0a3055");
  expect(await objections(page, "brand")).toEqual([]);
  const strict = await tested.open("grace", "/");
  const refused = () =>
    tested.complaints.some((each) => /elsewhere\.example.+Content Security Policy/s.test(each));
  await until(refused);
  await strict.getByRole("searchbox").waitFor();
});

test("the cookies of the LMS sign a reader in, and their end signs the reader out", async () => {
  const accounts = (await (await fetch(`${tested.url}/accounts.json`)).json()) as Record<string, string>[];
  const token = accounts.find(({ username }) => username === "ada")!["token"]!;
  const cut = token.lastIndexOf(".");
  const page = await tested.open(null, "/me");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.context().addCookies([
    { name: "edx-jwt-cookie-header-payload", value: token.slice(0, cut), url: tested.url },
    { name: "edx-jwt-cookie-signature", value: token.slice(cut + 1), url: tested.url, httpOnly: true },
  ]);
  await page.getByRole("button", { name: "Continue with the LMS" }).click();
  await page.getByRole("heading", { name: "My courses" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "My courses" }).waitFor();
  await page.context().clearCookies();
  await page.reload();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { CONSOLE_HEADERS, REACT_ARIA_STYLE } from "../../src/http/pages/console";
import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const tested = useConsole(useDemoApp());
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

test("a reader who is not signed in signs in as a demo account, and gets the page that was asked for", async () => {
  const page = await tested.open(null, "/learners/bob?state=AVAILABLE");
  await page.getByRole("button", { name: /Continue as grace/ }).click();
  await page.getByRole("heading", { name: "bob", level: 1 }).waitFor();
  expect(page.url()).toBe(`${tested.url}/learners/bob?state=AVAILABLE`);
  expect(await page.evaluate("localStorage.length")).toBe(0);
  await page.getByRole("button", { name: "Sign out grace" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await page.evaluate("sessionStorage.getItem('entitlements.token')")).toBeNull();
});

test("a token that the server does not accept is refused in words, and forgotten", async () => {
  const page = await tested.open(null, "/signin");
  await page.getByLabel("Token").fill("JWT not.a.token");
  await page.getByRole("button", { name: "Sign in with a token" }).click();
  await page.getByRole("alert").getByText("The server has not accepted this").waitFor();
  expect(await page.evaluate("sessionStorage.getItem('entitlements.token')")).toBeNull();
});

test("a learner is brought to their own courses, and is shown no section of support", async () => {
  const page = await tested.open("ada", "/");
  await page.getByRole("heading", { name: "My courses" }).waitFor();
  expect(await page.getByRole("navigation", { name: "Sections" }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "Search everything" }).count()).toBe(0);
});

test("a token that has run out leads to the page to sign in, and back to where the reader was", async () => {
  const page = await tested.open("grace", "/me");
  await page.route("**/events**", (route) => route.abort()); // it would lead there by itself
  await page.goto(`${tested.url}/learners/bob`);
  await page.getByRole("heading", { name: "bob", level: 1 }).waitFor();
  await page.evaluate("sessionStorage.setItem('entitlements.token', 'run.out.token')");
  await page.getByRole("button", { name: "Expired", exact: true }).click();
  await page.getByRole("button", { name: /Continue as grace/ }).click();
  await page.getByRole("heading", { name: "bob", level: 1 }).waitFor();
  expect(page.url()).toContain("/learners/bob?state=EXPIRED");
});

test("Ctrl K finds a learner by the beginning of a name, with the keyboard alone", async () => {
  const page = await tested.open("grace", "/me");
  await page.getByRole("heading", { name: "My courses" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.type("FULL_s");
  await page.getByRole("option", { name: "full_shelf" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "full_shelf", level: 1 }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
});

test("what the search has found is in the address, and nothing found is said", async () => {
  const page = await tested.open("grace", "/");
  await page.getByRole("searchbox").fill("EDX-1031");
  await page.getByRole("option", { name: /Refund that gets no answer/ }).waitFor();
  await page.waitForURL(/\?q=EDX-1031$/);
  await page.getByRole("searchbox").fill("qqqq");
  await page.getByText("Nothing begins with “qqqq”").waitFor();
});

test("the frame says what is wrong: refused, offline, out of date, and no such page", async () => {
  const page = await tested.open("ada", "/learners/bob");
  await page.getByRole("alert").getByText("You may not see this").waitFor();
  await page.route("**/graphql", (route) => route.abort());
  const offline = async () => {
    await page.reload();
    await page.getByRole("alert").getByText("The server does not answer").waitFor();
  };
  await offline();
  await page.unroute("**/graphql");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("You may not see this").waitFor();
  const errors = [{ message: "Unknown field.", extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }];
  await page.route("**/graphql", (route) => route.fulfill({ status: 400, json: { errors } }));
  await page.reload();
  await page.getByText("This page does not fit the server").waitFor();
  await page.unroute("**/graphql");
  await page.goto(`${tested.url}/nothing/here`);
  await page.getByText("There is nothing at this address").waitFor();
});

test("nobody is kept out by how the frame looks", async () => {
  const page = await tested.open(null, "/signin", { bypassCSP: true });
  await page.getByRole("button", { name: /Continue as grace/ }).waitFor();
  expect(await objections(page, "sign in")).toEqual([]);
  await page.getByRole("button", { name: /Continue as grace/ }).click();
  await page.getByRole("searchbox").fill("ed");
  await page.getByRole("listbox").getByRole("option").first().waitFor();
  expect(await objections(page, "find")).toEqual([]);
});

test("the hash in the policy is that of the style sheet that React Aria writes", async () => {
  const page = await tested.open("grace", "/");
  await page.getByRole("searchbox").waitFor();
  const sheet = await page.evaluate<string>(
    "document.getElementById('react-aria-pressable-style').textContent",
  );
  expect(`sha256-${createHash("sha256").update(sheet).digest("base64")}`).toBe(REACT_ARIA_STYLE);
  expect(CONSOLE_HEADERS["content-security-policy"]).toContain(REACT_ARIA_STYLE);
});

test("the first page is small: at most 170 kB of scripts and styles, and 60 kB of fonts", async () => {
  const sizes = new Map<string, number>();
  const page = await tested.open("grace", "/");
  await page.getByRole("searchbox").waitFor();
  const loaded = await page.evaluate<string[]>(
    "performance.getEntriesByType('resource').map(({ name }) => name)",
  );
  for (const name of loaded.filter((each) => each.includes("/assets/"))) {
    const body = Buffer.from(await (await fetch(name)).arrayBuffer());
    const kind = name.endsWith(".woff2") ? "fonts" : "code";
    sizes.set(kind, (sizes.get(kind) ?? 0) + (kind === "fonts" ? body.length : gzipSync(body).length));
  }
  expect(sizes.get("code")).toBeLessThanOrEqual(170_000);
  expect(sizes.get("code")).toBeGreaterThan(50_000);
  expect(sizes.get("fonts")).toBeLessThanOrEqual(60_000);
  const largest = readdirSync("dist/console/assets").map(
    (name) => statSync(`dist/console/assets/${name}`).size,
  );
  expect(Math.max(...largest)).toBeLessThan(300_000);
});

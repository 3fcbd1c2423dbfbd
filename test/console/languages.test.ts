import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const tested = useConsole(useDemoApp());
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

test("a browser that prefers German is shown German words and dates", async () => {
  const page = await tested.open("ada", "/me", { locale: "de-DE" });
  await page.getByRole("heading", { name: "Meine Kurse" }).waitFor();
  expect(await page.evaluate("document.documentElement.lang")).toBe("de");
  await page
    .getByText(/Sie können ihn bis zum \d+\.\d+\.\d{4} verlassen oder wechseln/)
    .first()
    .waitFor();
});

test("a reader chooses another language, which this browser keeps", async () => {
  const page = await tested.open("grace", "/learners/ada", { locale: "fr-FR" });
  await page.getByRole("button", { name: "Expired", exact: true }).waitFor();
  await page.getByRole("combobox", { name: "Language" }).selectOption("Deutsch");
  await page.getByRole("button", { name: "Abgelaufen", exact: true }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Abgelaufen", exact: true }).waitFor();
  await page.getByRole("combobox", { name: "Sprache" }).selectOption("English");
  await page.getByRole("button", { name: "Expired", exact: true }).waitFor();
});

test("nobody is kept out by longer words", async () => {
  const german = { locale: "de-DE", bypassCSP: true };
  const page = await tested.open("grace", "/learners/ada", german);
  await page.getByRole("button", { name: "Abgelaufen", exact: true }).waitFor();
  expect(await objections(page, "learner in German")).toEqual([]);
  const entitlement = await page.getByRole("table").getByRole("link").first().getAttribute("href");
  await page.goto(new URL(entitlement!, page.url()).href);
  await page.getByRole("heading", { name: "Zeitleiste" }).waitFor();
  // The server says why, in the language that it is asked for.
  await page.getByText("Die Berechtigung ist bereits für einen Kurslauf eingelöst.").waitFor();
  expect(await objections(page, "entitlement in German")).toEqual([]);
});

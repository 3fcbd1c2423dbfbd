import { objections, useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const tested = useConsole(useDemoApp());
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

/** The entitlement of an example of the demo world, by the number of the example. */
const nth = (number: number) => `/entitlements/e0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const REISSUED = 64;
const IN_REVIEW = 63;

test("an agent gets from a part of a name to an entitlement, and reads why it cannot be refunded and who changed it", async () => {
  const page = await tested.open("grace", "/");
  await page.getByRole("searchbox").fill("ad");
  await page.getByRole("option", { name: "ada" }).click();
  await page.getByRole("link", { name: "Reissued after a refund" }).click();
  const standing = page.getByRole("region", { name: "How it stands" });
  await standing.getByText("The order has already been refunded.").waitFor();
  const events = page.getByRole("region", { name: "Timeline" }).getByRole("heading", { level: 3 });
  expect((await events.allInnerTexts()).map((text) => text.replaceAll("\n", " "))).toEqual([
    "grace reissued the entitlement",
    "ada asked for a refund",
    "ada chose a session",
    "shop fulfilled the order",
  ]);
  await page.getByText("The learner has paid again by other means.").waitFor();
});

test("the arrow keys travel in time, and the address shows a colleague the same instant", async () => {
  const page = await tested.open("grace", nth(REISSUED));
  const slider = page.getByRole("slider");
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL(/\?at=/);
  const heading = page.getByRole("heading", { name: /^As of / });
  await heading.waitFor();
  const then = await heading.innerText();
  await page.getByText("now: None").first().waitFor();
  const colleague = await tested.open("grace", page.url().slice(tested.url.length));
  await colleague.getByRole("heading", { name: then }).waitFor();
  await colleague.getByRole("textbox", { name: "As of" }).fill("2000-01-01T00:00:00");
  await colleague.getByText("The entitlement did not exist at this instant.").waitFor();
  await colleague.getByRole("button", { name: "Back to now", exact: true }).click();
  await colleague.getByRole("heading", { name: "Now" }).waitFor();
  expect(colleague.url()).not.toContain("at=");
});

test("an event shows on request what it hides, and takes the page to its instant and back", async () => {
  const page = await tested.open("grace", nth(REISSUED));
  const event = page.getByRole("listitem").filter({ hasText: "chose a session" });
  await event.getByRole("button", { name: /more field/ }).click();
  await event.getByText("Chosen at").waitFor();
  await event.getByRole("button", { name: /^See as of then/ }).press("Enter");
  await event.getByRole("button", { name: /^Back to now/ }).press("Enter");
  await page.getByRole("heading", { name: "Now" }).waitFor();
});

test("two events that are ticked are compared: only what differs is shown, and the address shows it to a colleague", async () => {
  const page = await tested.open("grace", nth(REISSUED), { bypassCSP: true });
  const timeline = page.getByRole("region", { name: "Timeline" });
  await timeline.getByRole("checkbox", { name: /^Compare: reissued/ }).press("Space");
  await timeline.getByText("Tick another event to compare this one with.").waitFor();
  expect(await timeline.getByRole("button", { name: "Compare" }).isDisabled()).toBe(true);
  await timeline.getByRole("checkbox", { name: /^Compare: asked for a refund/ }).press("Space");
  await timeline.getByRole("button", { name: "Compare" }).press("Enter");
  const compared = page.getByRole("region", { name: "What differs" });
  await compared.getByRole("row").nth(2).waitFor();
  expect(new URL(page.url()).search).toMatch(/^\?from=.*&to=/);
  const rowOf = (name: string) => compared.getByRole("row", { name: new RegExp(`^${name}`) }).innerText();
  expect(await rowOf("State")).toMatch(/Refunded\s+Available$/);
  expect(await rowOf("Choose a session")).toMatch(/The entitlement has expired\. EXPIRED\s+until /);
  expect(await rowOf("Expired because")).toMatch(/Refunded\s+None$/);
  expect(await compared.getByRole("row", { name: /^(Policy|Mode|Learner)/ }).count()).toBe(0);
  await compared.getByText(/facts and decisions are the same\./).waitFor();
  expect(await compared.getByRole("listitem").allInnerTexts()).toEqual([
    expect.stringContaining("grace reissued the entitlement"),
  ]);
  expect(await objections(page, "compare")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  const rows = await compared.getByRole("row").allInnerTexts();
  const { from, to } = Object.fromEntries(new URL(page.url()).searchParams) as Record<string, string>;
  const swapped = `?${new URLSearchParams({ from: to!, to: from! }).toString()}`; // the earlier one is on the left all the same
  const colleague = await tested.open("grace", nth(REISSUED) + swapped);
  await colleague.getByRole("row").nth(2).waitFor();
  expect(await colleague.getByRole("row").allInnerTexts()).toEqual(rows);
  await page.goBack();
  await page.getByRole("region", { name: "Timeline" }).waitFor();
  await colleague.getByRole("link", { name: "Back to the timeline" }).click();
  await colleague.getByRole("region", { name: "Timeline" }).waitFor();
});

test("an instant before the entitlement existed, one that is none, and now can be compared as well", async () => {
  const page = await tested.open("grace", `${nth(REISSUED)}?from=2000-01-01T00:00:00Z`);
  const compared = page.getByRole("region", { name: "What differs" });
  await compared.getByText("The entitlement did not exist at this instant.").waitFor();
  await compared.getByRole("columnheader", { name: "Now" }).waitFor();
  await page.goto(`${tested.url}${nth(REISSUED)}?from=2000-13-01&to=2000-01-01`);
  await compared.getByText("There is no such instant").waitFor();
});

test("nobody is kept out by how an entitlement looks, now and at an instant", async () => {
  const page = await tested.open("grace", nth(IN_REVIEW), { bypassCSP: true });
  await page.getByText("Needs a decision").first().waitFor();
  expect(await objections(page, "entitlement")).toEqual([]);
  await page
    .getByRole("button", { name: /^See as of then/ })
    .last()
    .click();
  await page.getByRole("heading", { name: /^As of / }).waitFor();
  expect(await objections(page, "entitlement at an instant")).toEqual([]);
});

test("an entitlement that does not exist is said so, and a learner sees their own without what agents wrote", async () => {
  const page = await tested.open("grace", nth(999));
  await page.getByText("There is no such entitlement").waitFor();
  const own = await tested.open("ada", nth(REISSUED));
  await own.getByRole("heading", { name: "Timeline" }).waitFor();
  expect(await own.getByText("The learner has paid again by other means.").count()).toBe(0);
});

test("who is entitled to a course is found by its title", async () => {
  const page = await tested.open("grace", "/?q=two%20ent");
  await page
    .getByRole("option", { name: /Two entitlements for one course/ })
    .first()
    .click();
  await page.getByRole("heading", { name: "Two entitlements for one course", level: 1 }).waitFor();
  expect(await page.getByRole("row").count()).toBeGreaterThan(2);
});

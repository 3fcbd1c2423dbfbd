import type { Page, Route } from "playwright-core";
import { useConsole } from "../support/console";
import { useDemoApp } from "../support/demo-app";

const tested = useConsole(useDemoApp());
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

const REISSUED = "/entitlements/e0000000-0000-4000-8000-000000000064";

interface Screen {
  path: string;
  /** The document that it asks. */
  document: string;
  who?: string;
  /** What it shows once it is answered. */
  shown: (page: Page) => ReturnType<Page["locator"]>;
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole("heading", { name }).first();

const SCREENS: Screen[] = [
  { path: "/?q=ada", document: "Find", shown: (page) => page.getByRole("option", { name: "ada" }) },
  { path: "/learners/bob", document: "LearnerPage", shown: heading("bob") },
  { path: "/courses/DemoX+DEMO.19", document: "CoursePage", shown: heading("Two entitlements") },
  { path: REISSUED, document: "EntitlementPage", shown: heading("Timeline") },
  {
    path: `${REISSUED}?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`,
    document: "Compare",
    shown: (page) => page.getByText("did not exist").first(),
  },
  { path: "/refunds", document: "RefundsPage", shown: (page) => page.getByRole("row").nth(1) },
  { path: "/calls", document: "CallsPage", shown: heading("Calls to the LMS") },
  { path: "/policies", document: "PoliciesPage", shown: (page) => page.getByRole("row").nth(1) },
  { path: "/history", document: "HistorySearch", who: "hopper", shown: heading(/^\d+ changes/) },
  { path: "/me", document: "Mine", who: "ada", shown: (page) => page.getByRole("listitem").first() },
];

/** Answers as a server that does not know what is asked, or that lets nobody see it. */
const failing = (code: string, status: number) => (route: Route) =>
  route.fulfill({ status, json: { errors: [{ message: "No.", extensions: { code } }] } });

test.each(SCREENS)(
  "the screen $path says that it loads, that it is offline, out of date or refused, and recovers",
  async ({ path, document, who = "grace", shown }) => {
    const page = await tested.open(who, "/nothing/here");
    await page.route("**/events**", (route) => route.abort()); // the page would look by itself
    let answer: (route: Route) => unknown;
    const asked = (route: Route) => route.request().postData()?.includes(`"operationName":"${document}"`);
    await page.route("**/graphql", (route) => (asked(route) ? answer(route) : route.continue()));
    const waiting = new Promise<Route>((resolve) => {
      answer = resolve;
    });
    await page.goto(tested.url + path);
    const held = await waiting;
    const content = page.getByRole("main");
    await content.getByText("Loading…").first().waitFor({ state: "attached" });
    answer = (route) => route.abort();
    await held.abort();
    const alert = content.getByRole("alert");
    await alert.getByText("The server does not answer").waitFor();
    answer = failing("GRAPHQL_VALIDATION_FAILED", 400);
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.getByText("This page does not fit the server").waitFor();
    answer = failing("FORBIDDEN", 200);
    await alert.getByRole("button", { name: "Load the page again" }).click();
    await alert.getByText("You may not see this").waitFor();
    answer = (route) => route.continue();
    await alert.getByRole("button", { name: "Try again" }).click();
    await shown(page).waitFor();
    expect(await alert.count()).toBe(0);
  },
);

test.each([
  ["/?q=qqqq", "grace", "Nothing begins with “qqqq”"],
  ["/learners/qqqq", "grace", "There is no learner “qqqq”"],
  ["/learners/empty_handed", "grace", "No entitlements"],
  ["/learners/bob?state=REVOKED", "grace", "None is in this state."],
  ["/entitlements/e0000000-0000-4000-8000-999999999999", "grace", "There is no such entitlement"],
  ["/refunds?learner=empty_handed", "grace", "No refunds"],
  ["/calls", "grace", "Nothing waits"],
  ["/history?q=actor%3Aqqqq", "hopper", "No change matches"],
  ["/me", "hopper", "You have no entitlements yet"],
])("the screen %s of %s, which has nothing to show, says: %s", async (path, who, words) => {
  const page = await tested.open(who, path);
  await page.getByText(words).first().waitFor();
});

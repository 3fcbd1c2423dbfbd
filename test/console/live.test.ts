import type { Page, Request } from "playwright-core";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { expireEntitlement } from "../../src/use-cases/entitlements/expire-entitlement";
import { setRefundLock } from "../../src/use-cases/entitlements/set-refund-lock";
import { resolveRefund } from "../../src/use-cases/refunds/resolve-refund";
import { sweepRefunds } from "../../src/use-cases/refunds/sweep-refunds";
import { useConsole } from "../support/console";
import { grace, useDemoApp } from "../support/demo-app";
import { endPauses } from "../support/refunds";
import { until } from "../support/waiting";
import { by } from "../support/world";

const app = useDemoApp({ REFUND_DEADLINE_MS: "200" });
const tested = useConsole(app);
afterEach(() => expect([tested.outside, tested.complaints]).toEqual([[], []]));

/** The entitlement of an example of the demo world, by the number of the example. */
const idOf = (number: number) => `e0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const nth = (number: number) => `/entitlements/${idOf(number)}`;
const AVAILABLE = 1;
const FULFILLED = 3;
const WITHOUT_ANSWER = 31;
const IN_REVIEW = 63;
const PENDING = "select from refund where entitlement_id = $1 and next_attempt_at is not null";

/** What another client does: it locks the refunds of an entitlement or unlocks them, and says why. */
async function change(number: number, comments: string): Promise<void> {
  const id = idOf(number);
  const { refundLocked } = await app.db.manager.findOneByOrFail(CourseEntitlement, { id });
  await setRefundLock(by(grace, app), { entitlementId: id, isLocked: !refundLocked, comments });
}

/** The questions of a page by the name of their document, as they are asked. */
function questionsOf(page: Page, document: string): Request[] {
  const questions: Request[] = [];
  const isOne = (request: Request) => request.postData()?.includes(`"operationName":"${document}"`);
  page.on("request", (request) => isOne(request) && questions.push(request));
  return questions;
}

const isStream = (request: Request) => new URL(request.url()).pathname === "/events";

/** Whether the reader looks at the page, as far as the page can tell. */
const lookAt = (page: Page, isVisible: boolean) =>
  page.evaluate(
    `Object.defineProperty(document, "visibilityState", { configurable: true, value: "${isVisible ? "visible" : "hidden"}" });
     document.dispatchEvent(new Event("visibilitychange"));`,
  );

/**
 * Changes an entitlement twice before the eyes of a colleague, and returns what was written last: when the second change
 * is told to the colleague, every page has been told of the first one for a while.
 */
async function changeBefore(colleague: Page, number: number): Promise<string> {
  await colleague.getByRole("heading", { name: "Timeline" }).waitFor();
  for (const comments of ["Something is changed.", "It is changed once more."]) {
    await change(number, comments);
    await colleague.getByText(comments).waitFor();
  }
  return "It is changed once more.";
}

/** How many streams the server keeps open. */
async function openStreams(): Promise<number> {
  const text = await (await fetch(`${tested.server.url}/metrics`)).text();
  return Number(/^event_streams (\d+)$/m.exec(text)?.[1]);
}

test("what another client changes appears without a reload, on the page of an entitlement, of a learner, and on one's own", async () => {
  const opened = Promise.all([
    tested.open("grace", nth(AVAILABLE)),
    tested.open("grace", "/learners/ada?state=AVAILABLE"),
    tested.open("ada", "/me"),
  ]);
  const [agent, list, learner] = await opened;
  const questions = questionsOf(agent, "EntitlementPage");
  const row = list.getByRole("row", { name: /^Available, every kind of run/ });
  const card = learner.getByRole("listitem").filter({ hasText: "Available, every kind of run" });
  await Promise.all([
    agent.getByRole("heading", { name: "Timeline" }).waitFor(),
    row.waitFor(),
    card.waitFor(),
  ]);
  await until(async () => (await openStreams()) >= 3);
  await expireEntitlement(by(grace, app), { entitlementId: idOf(AVAILABLE), comments: "By another client." });
  await agent.getByText("By another client.").waitFor();
  await agent.getByRole("heading", { name: /Expired/, level: 1 }).waitFor();
  await row.waitFor({ state: "detached" });
  await card.getByText("Expired", { exact: true }).waitFor();
  const asked = questions.length;
  await change(FULFILLED, "The page does not show this one.");
  await change(AVAILABLE, "The page shows this one.");
  await agent.getByText("The page shows this one.").waitFor();
  expect(questions.length).toBe(asked + 1); // two changes were told together, and nothing was asked in vain
});

test("the list of refunds tells by itself what has become of one", async () => {
  const page = await tested.open("grace", "/refunds");
  const questions = questionsOf(page, "RefundsPage");
  const row = page.getByRole("row", { name: /Refund that an agent has to decide/ });
  await row.getByText("Needs a decision").waitFor();
  await until(async () => (await openStreams()) >= 1);
  const [{ id }] = (await app.db.query("select id from refund where entitlement_id = $1", [
    idOf(IN_REVIEW),
  ])) as [{ id: string }];
  await resolveRefund(by(grace, app), { refundId: id, outcome: "FAILED", comments: "By another client." });
  await row.getByText("Not refunded").waitFor();
  const asked = questions.length;
  await changeBefore(await tested.open("hopper", nth(AVAILABLE)), AVAILABLE);
  expect(questions.length).toBe(asked); // that was no change of a refund
});

test("a dialog keeps what its reader has seen, and what was changed meanwhile appears when it is closed", async () => {
  const page = await tested.open("grace", nth(FULFILLED));
  const questions = questionsOf(page, "EntitlementPage");
  await page.getByRole("button", { name: "Expire…" }).click();
  await page.getByRole("dialog").getByRole("row").nth(1).waitFor();
  await until(async () => (await openStreams()) >= 1);
  const asked = questions.length;
  const newest = await changeBefore(await tested.open("hopper", nth(FULFILLED)), FULFILLED);
  expect(questions.length).toBe(asked);
  await page.keyboard.press("Escape");
  await page.getByText(newest).waitFor();
});

test("a dialog makes its dry run once, however often the page behind it is read again", async () => {
  const page = await tested.open("ada", "/me");
  const rehearsals = questionsOf(page, "Leave");
  const card = page.getByRole("listitem").filter({ hasText: "Fulfilled, can be changed" });
  await card.getByRole("button", { name: /^Leave session/ }).click();
  await page.getByRole("dialog").getByRole("row").nth(1).waitFor();
  await until(async () => (await openStreams()) >= 1);
  for (const comments of ["One.", "Two.", "Three."]) {
    const asking = page.waitForResponse((it) => it.request().postData()?.includes('"Mine"') ?? false);
    await change(FULFILLED, comments);
    await asking;
  }
  expect(rehearsals.length).toBe(1);
});

test("a stream that is cut goes on where it was, and what happened meanwhile is told", async () => {
  const page = await tested.open("grace", "/"); // it opens no stream of its own
  // A page can read what a stream begins with; the browser tells no test.
  const id = await page.evaluate<string>(`fetch("/events", {
    headers: { authorization: "JWT " + sessionStorage.getItem("entitlements.token") } })
    .then(async ({ body }) => {
      let text = "";
      for await (const part of body.pipeThrough(new TextDecoderStream()))
        if (/^id: (.*)$/m.test((text += part))) return /^id: (.*)$/m.exec(text)[1];
    })`);
  let isCut = false;
  await page.route("**/events?**", async (route) => {
    if (isCut) {
      await change(AVAILABLE, "While the stream was cut.");
      return route.continue();
    }
    isCut = true;
    return route.fulfill({
      contentType: "text/event-stream",
      body: `retry: 2000\n\nid: ${id}\nevent: open\ndata: {}\n\n`,
    });
  });
  const again = page.waitForRequest((request) => isStream(request) && "last-event-id" in request.headers());
  await page.goto(tested.url + nth(AVAILABLE));
  expect((await again).headers()["last-event-id"]).toBe(id);
  expect((await again).headers()["authorization"]).toMatch(/^JWT /);
  expect((await again).url()).not.toContain("token");
  await page.getByText("While the stream was cut.").waitFor();
});

test("where the stream is refused, a page looks again and again while a refund is pending", async () => {
  const page = await tested.open("ada", "/");
  await page.route("**/events?**", (route) => route.fulfill({ status: 503, json: { errors: [] } }));
  await page.goto(`${tested.url}/me`);
  const questions = questionsOf(page, "Mine");
  const card = page.getByRole("listitem").filter({ hasText: "Refund that gets no answer" });
  await card.getByRole("button", { name: /^Get a refund/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Get a refund" }).click();
  await card.getByText("The shop is being asked for your refund.").waitFor();
  const asked = questions.length;
  while (questions.length < asked + 2) await page.waitForRequest("**/graphql");
  while ((await app.db.query<object[]>(PENDING, [idOf(WITHOUT_ANSWER)])).length > 0) {
    await endPauses(app);
    await sweepRefunds(app);
  }
  await card.getByText("The order has already been refunded.").waitFor();
});

test("the stream is closed while nobody looks at the page, and when the reader signs out", async () => {
  const page = await tested.open("grace", "/learners/bob");
  await until(async () => (await openStreams()) >= 1);
  const before = await openStreams();
  const closed = page.waitForEvent("requestfailed", isStream);
  await lookAt(page, false);
  await closed;
  await until(async () => (await openStreams()) === before - 1);
  const opened = page.waitForRequest(isStream);
  await lookAt(page, true);
  expect((await opened).headers()["last-event-id"]).toMatch(/^p\d+$/);
  await until(async () => (await openStreams()) >= before);
  await page.getByRole("button", { name: "Sign out grace" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await until(async () => (await openStreams()) === before - 1);
});

test("a token that has run out opens no stream, and leads to the page to sign in", async () => {
  const page = await tested.open("grace", "/learners/bob");
  await page.getByRole("heading", { name: "bob", level: 1 }).waitFor();
  await until(async () => (await openStreams()) >= 1);
  await lookAt(page, false);
  await page.evaluate("sessionStorage.setItem('entitlements.token', 'run.out.token')");
  const refused = page.waitForResponse((response) => isStream(response.request()));
  await lookAt(page, true);
  expect((await refused).status()).toBe(401);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

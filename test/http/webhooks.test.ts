import { actor, ada, auditor, grace, useDemoApp } from "../support/demo-app";
import { isSignedBy, openReceiver, type Receiver } from "../support/receiver";
import { serve, type TestServer } from "../support/http";
import { startJobs, type Jobs } from "../../src/jobs/start-jobs";
import { tasks } from "../../src/jobs/tasks";
import { until } from "../support/waiting";

const SETTINGS = { WEBHOOK_PRIVATE_ADDRESSES: "on" };
const app = useDemoApp(SETTINGS);
const hopper = actor("hopper", { isStaff: true });
const entitlement = "e0000000-0000-4000-8000-000000000001";
let server: TestServer;
let jobs: Jobs;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await openReceiver();
  server = await serve(app, SETTINGS);
  jobs = await startJobs(
    app,
    tasks().filter(({ name }) => name === "sweepWebhooks"),
  );
});
afterAll(async () => {
  await jobs.stop();
  await server.stop();
  await receiver.close();
});

const CREATE = `mutation ($url: String!, $dry: Boolean! = false) {
  createWebhook(input: { url: $url, comments: "For the shop", dryRun: $dry }) {
    secret webhook { id url entityTypes isActive } userErrors { code } preview { entityType }
  }
}`;

test("a webhook is created over HTTP, and its receiver is told of a change in the background", async () => {
  const dry = await server.ask(hopper, CREATE, { url: receiver.url, dry: true });
  expect(dry.body.data!["createWebhook"]).toMatchObject({
    secret: null,
    preview: [{ entityType: "WEBHOOK" }],
  });
  const { body, text } = await server.ask(hopper, CREATE, { url: receiver.url });
  const { secret, webhook } = body.data!["createWebhook"] as { secret: string; webhook: { id: string } };
  expect(webhook).toMatchObject({
    url: receiver.url,
    entityTypes: ["COURSE_ENTITLEMENT", "REFUND"],
    isActive: true,
  });
  expect(text).toContain("whsec_");
  const lock = `mutation { setRefundLock(input: { entitlementId: "${entitlement}", isLocked: true, comments: "x" }) { userErrors { code } } }`;
  await server.ask(grace, lock);
  await until(() => receiver.messages.length > 0);
  expect(isSignedBy(secret, receiver.messages[0]!)).toBe(true);
  expect(receiver.messages[0]).toMatchObject({ type: "entitlement.changed", entitlementId: entitlement });
  expect(JSON.stringify(server.logged)).not.toContain("whsec_");

  const seen = await server.ask(
    auditor,
    "{ webhooks { id undelivered dead deadLetters { edges { node { id } } } history(first: 5) { edges { node { id } } } } }",
  );
  expect(seen.body.errors).toBeUndefined();
  expect(seen.text).not.toContain("whsec_");
  const exported = await server.ask(
    auditor,
    "{ history(filter: { entityTypes: [WEBHOOK] }) { edges { node { state { __typename } } } } }",
  );
  expect(exported.body.data).toMatchObject({
    history: { edges: [{ node: { state: { __typename: "Webhook" } } }] },
  });
});

test("only staff create webhooks, and learners and agents see none", async () => {
  for (const asking of [ada, grace, auditor])
    expect((await server.ask(asking, CREATE, { url: receiver.url })).status).toBe(403);
  for (const asking of [ada, grace])
    expect((await server.ask(asking, "{ webhooks { id } }")).status).toBe(403);
});

test.each([
  ['{ url: "https://a.example", entityTypes: [], comments: "x" }', "entityTypes"],
  ['{ url: "https://a.example", entityTypes: [SUPPORT_DETAIL], comments: "x" }', "entityTypes"],
  ['{ url: "", comments: "x" }', "url"],
  ['{ url: "https://a.example", comments: " " }', "comments"],
])("the input %s is refused", async (input, field) => {
  const { body } = await server.ask(
    hopper,
    `mutation { createWebhook(input: ${input}) { userErrors { code } } }`,
  );
  expect(body.errors![0]!.extensions["code"]).toBe("BAD_USER_INPUT");
  expect(body.errors![0]!.message).toContain(field);
});

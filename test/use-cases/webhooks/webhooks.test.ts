import { Client } from "pg";
import { WebhookDelivery } from "../../../src/entities/webhooks/webhook-delivery";
import type { App } from "../../../src/app";
import { setRefundLock } from "../../../src/use-cases/entitlements/set-refund-lock";
import { createWebhook } from "../../../src/use-cases/webhooks/create-webhook";
import { deleteWebhook } from "../../../src/use-cases/webhooks/delete-webhook";
import { replayWebhook } from "../../../src/use-cases/webhooks/replay-webhook";
import { sweepWebhooks } from "../../../src/use-cases/webhooks/sweep-webhooks";
import { testWebhook } from "../../../src/use-cases/webhooks/test-webhook";
import { updateWebhook } from "../../../src/use-cases/webhooks/update-webhook";
import { ATTEMPTS_END_MS } from "../../../src/rules/attempt-rules";
import { appOn } from "../../support/app";
import { failStatement } from "../../support/fail-statement";
import { isSignedBy, openReceiver, type Receiver } from "../../support/receiver";
import { expectRefusal, stored } from "../../support/stored";
import { anEntitlement, by, grace, hopper, useApp } from "../../support/world";

const world = useApp();
let app: App;
let receiver: Receiver;
const comments = "For the shop";
const SETTINGS = { WEBHOOK_PRIVATE_ADDRESSES: "on", WEBHOOK_DEADLINE_MS: "5000" };

beforeEach(async () => {
  app = { ...appOn(world.db, SETTINGS), supportAgents: world.supportAgents };
  await world.db.query("delete from webhook");
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

const create = async () => {
  const { webhook, secret } = await createWebhook(by(hopper, app), {
    url: receiver.url,
    entityTypes: ["COURSE_ENTITLEMENT", "REFUND"],
    comments,
  });
  return { webhookId: webhook.id, secret: secret! };
};
const change = async (entitlementId: string) => {
  const { refundLocked } = await stored(app, entitlementId);
  await setRefundLock(by(grace, app), { entitlementId, isLocked: !refundLocked, comments });
};
const deliveries = () => world.db.manager.find(WebhookDelivery, { order: { historyId: "ASC" } });
/** Lets the pauses between attempts be over. */
const later = () =>
  world.db.query("update webhook_delivery set next_attempt_at = now() where next_attempt_at is not null");

test("a receiver is told of each change of entitlements, signed, and of nothing else", async () => {
  const before = await anEntitlement(app);
  await change(before);
  const { secret } = await create();
  const id = await anEntitlement(app);
  await change(id);
  await sweepWebhooks(app);
  const told = receiver.messages.filter(({ entitlementId }) => entitlementId === id);
  expect(told.map(({ type }) => type)).toEqual(["entitlement.created", "entitlement.changed"]);
  for (const message of receiver.messages) expect(isSignedBy(secret, message)).toBe(true);
  expect(JSON.parse(told[1]!.body)).toMatchObject({
    type: "entitlement.changed",
    timestamp: expect.stringMatching(/Z$/) as string,
    data: {
      entityType: "COURSE_ENTITLEMENT",
      entitlementId: id,
      userId: "1",
      reason: "setRefundLock",
      changes: expect.arrayContaining([{ field: "isRefundLocked", from: false, to: true }]) as unknown,
    },
  });
  expect(told[1]!.headers["webhook-id"]).toBe(`change-${told[1]!.entry}`);
  expect(receiver.messages.some(({ body }) => body.includes("grace"))).toBe(false);
  expect(await deliveries()).toEqual([]);
});

test("a receiver that fails is told again later, and other entitlements do not wait for that", async () => {
  await create();
  const [one, other] = [await anEntitlement(app), await anEntitlement(app)];
  receiver.answer = (response, { entitlementId }) =>
    response.writeHead(entitlementId === one ? 500 : 200).end();
  await change(one);
  await change(other);
  await sweepWebhooks(app);
  const told = () => receiver.messages.map(({ entitlementId, type }) => `${entitlementId} ${type}`);
  expect(told()).toEqual(
    expect.arrayContaining([
      `${other} entitlement.created`,
      `${other} entitlement.changed`,
      `${one} entitlement.created`,
    ]),
  );
  expect(told()).not.toContain(`${one} entitlement.changed`); // in order: the first change is still to be told
  expect((await deliveries()).map(({ state, detail }) => [state, detail])).toEqual([
    ["PENDING", "500"],
    ["WAITING", null],
  ]);
  receiver.answer = (response) => response.writeHead(200).end();
  await later();
  await sweepWebhooks(app);
  expect(told().slice(-2)).toEqual([`${one} entitlement.created`, `${one} entitlement.changed`]);
  expect(await deliveries()).toEqual([]);
});

test.each<[string, Receiver["answer"], string]>([
  ["is slow", () => undefined, "TimeoutError"],
  ["redirects", (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(), "302"],
  ["hangs up", (response) => response.destroy(), "ECONNRESET"],
])("a receiver that %s is told again", async (_what, answer, detail) => {
  await create();
  const id = await anEntitlement(app);
  receiver.answer = answer;
  const hasty = { ...app, ...appOn(world.db, { ...SETTINGS, WEBHOOK_DEADLINE_MS: "200" }) };
  await sweepWebhooks(hasty);
  expect(await deliveries()).toMatchObject([{ entitlementId: id, state: "PENDING", detail }]);
  receiver.answer = (response) => response.writeHead(204).end();
  await later();
  await sweepWebhooks(app);
  expect(receiver.messages.map(({ headers }) => headers["webhook-id"])).toEqual(
    Array.from(receiver.messages, () => receiver.messages[0]!.headers["webhook-id"]),
  );
  expect(await deliveries()).toEqual([]);
});

test("a change whose transaction commits late is told when it is committed, once", async () => {
  await create();
  const [late, other] = [await anEntitlement(app), await anEntitlement(app)];
  await sweepWebhooks(app);
  receiver.messages.length = 0;
  const { options } = app.db;
  const slow = new Client({ connectionString: options.type === "postgres" ? options.url : "" });
  await slow.connect();
  await slow.query("begin; set constraints all immediate");
  await slow.query("update course_entitlement set refund_locked = true where id = $1", [late]);
  await change(other);
  await sweepWebhooks(app);
  expect(receiver.messages.map(({ entitlementId }) => entitlementId)).toEqual([other]);
  await slow.query("commit");
  await slow.end();
  await sweepWebhooks(app);
  await sweepWebhooks(app);
  expect(receiver.messages.map(({ entitlementId }) => entitlementId)).toEqual([other, late]);
  expect(Number(receiver.messages[1]!.entry)).toBeLessThan(Number(receiver.messages[0]!.entry));
});

test("a webhook that an earlier version has told by ids is told of what came since, once", async () => {
  await create();
  const [told, untold] = [await anEntitlement(app), await anEntitlement(app)];
  await world.db.query(
    `update webhook_channel set log_position = null,
       position = (select max(history_id) from historical_course_entitlement where id = $1)`,
    [told],
  );
  await change(told);
  await sweepWebhooks(app);
  expect(receiver.messages.map(({ entitlementId, type }) => `${entitlementId} ${type}`).toSorted()).toEqual(
    [`${told} entitlement.changed`, `${untold} entitlement.created`].toSorted(),
  );
});

test("whatever statement fails, no change is lost", async () => {
  await create();
  const id = await anEntitlement(app);
  for (let nth = 1; ; nth++) {
    receiver.messages.length = 0;
    await change(id);
    const came = await failStatement(nth, () => sweepWebhooks(app).catch(() => undefined));
    await later(); // a process that dies leaves its lease
    await sweepWebhooks(app);
    const told = new Set(receiver.messages.map(({ entry }) => entry));
    const [newest] = await world.db.query<[{ id: string }]>(
      "select max(history_id) as id from historical_course_entitlement where id = $1",
      [id],
    );
    expect(told).toContain(newest.id);
    expect(await deliveries()).toEqual([]);
    if (!came) break;
  }
});

test("several processes tell each change once", async () => {
  await create();
  const ids = [];
  for (let count = 0; count < 12; count++) ids.push(await anEntitlement(app));
  await Promise.all([sweepWebhooks(app), sweepWebhooks(app), sweepWebhooks(app)]);
  const told = receiver.messages.map(({ entitlementId }) => entitlementId);
  expect(told.toSorted()).toEqual(ids.toSorted());
});

test("a change that cannot be told for a day is given up, those behind it go on, and a replay tells it again", async () => {
  const { webhookId } = await create();
  const id = await anEntitlement(app);
  await change(id);
  receiver.answer = (response) => response.writeHead(400).end();
  await sweepWebhooks(app);
  await world.db.query("update webhook_delivery set created_at = created_at - $1 * interval '1 ms'", [
    ATTEMPTS_END_MS,
  ]);
  await later();
  receiver.answer = (response) => response.writeHead(200).end();
  await sweepWebhooks(app);
  expect(receiver.messages.at(-1)).toMatchObject({ type: "entitlement.changed" });
  const [dead] = await deliveries();
  expect(dead).toMatchObject({ state: "DEAD", detail: "400" });
  receiver.messages.length = 0;
  const replayed = await replayWebhook(by(hopper, app), {
    webhookId,
    fromHistoryEntryId: dead!.historyId,
    comments,
  });
  expect(replayed).toMatchObject({ replayedFrom: dead!.historyId, dead: 1 });
  await sweepWebhooks(app);
  expect(receiver.messages.map(({ type }) => type)).toEqual(["entitlement.created", "entitlement.changed"]);
  expect(await deliveries()).toEqual([]);
});

test("a webhook that is stopped tells nothing, and goes on from there when it is active again", async () => {
  const { webhookId } = await create();
  const id = await anEntitlement(app);
  await updateWebhook(by(hopper, app), { webhookId, isActive: false, makeSecret: false, comments });
  await change(id);
  await sweepWebhooks(app);
  expect(receiver.messages).toEqual([]);
  await updateWebhook(by(hopper, app), { webhookId, isActive: true, makeSecret: false, comments });
  await sweepWebhooks(app);
  expect(receiver.messages.map(({ type }) => type)).toEqual(["entitlement.created", "entitlement.changed"]);
});

test("a webhook tells only the types that it was created for", async () => {
  const { webhookId } = await create();
  await updateWebhook(by(hopper, app), { webhookId, entityTypes: ["REFUND"], makeSecret: false, comments });
  await anEntitlement(app);
  await sweepWebhooks(app);
  expect(receiver.messages).toEqual([]);
});

test("a new secret signs from then on, and no secret is in history, nor told again", async () => {
  const { webhookId, secret } = await create();
  const renewed = await updateWebhook(by(hopper, app), { webhookId, makeSecret: true, comments });
  expect(renewed.secret).not.toBe(secret);
  await anEntitlement(app);
  await sweepWebhooks(app);
  expect(isSignedBy(renewed.secret!, receiver.messages[0]!)).toBe(true);
  expect(isSignedBy(secret, receiver.messages[0]!)).toBe(false);
  const history = await world.db.query<object[]>("select * from historical_webhook where id = $1", [
    webhookId,
  ]);
  expect(history).toHaveLength(2);
  expect(JSON.stringify(history)).not.toContain("whsec_");
  const later = await updateWebhook(by(hopper, app), { webhookId, makeSecret: false, comments });
  expect(JSON.stringify(later)).not.toContain("whsec_");
});

test("a webhook is tested by a message that tells of nothing; a dry run sends none", async () => {
  const { webhookId, secret } = await create();
  const { answer } = await testWebhook(by(hopper, app), { webhookId });
  expect(answer).toEqual({ isReceived: true, detail: "204" });
  expect(receiver.messages).toMatchObject([{ type: "webhook.test" }]);
  expect(isSignedBy(secret, receiver.messages[0]!)).toBe(true);
  const dry = await testWebhook({ ...by(hopper, app), rehearsal: { entries: [] } }, { webhookId });
  expect(dry.answer).toBeNull();
  expect(receiver.messages).toHaveLength(1);
});

test("a private address is refused when it is looked up, unless it is allowed", async () => {
  const strict = { ...app, ...appOn(world.db, { WEBHOOK_DEADLINE_MS: "500" }) };
  const { webhook } = await createWebhook(by(hopper, strict), {
    url: "https://localhost/hook",
    entityTypes: ["REFUND"],
    comments,
  });
  const { answer } = await testWebhook(by(hopper, strict), { webhookId: webhook.id });
  expect(answer).toEqual({ isReceived: false, detail: "FORBIDDEN_ADDRESS" });
});

test.each([
  "http://example.org",
  "ftp://example.org",
  "https://a:b@example.org",
  "https://example.org/#x",
  "example.org",
])("%s is no address of a webhook", (url) => {
  const strict = { ...app, ...appOn(world.db) };
  return expectRefusal(
    app,
    () => createWebhook(by(hopper, strict), { url, entityTypes: ["REFUND"], comments }),
    "WEBHOOK_URL_INVALID",
    { field: "url" },
  );
});

test("there are only so many webhooks, and commands on one that is gone are refused", async () => {
  for (let count = 0; count < 20; count++) await create();
  await expectRefusal(app, create, "WEBHOOKS_TOO_MANY");
  const { webhookId } = { webhookId: "00000000-0000-4000-8000-000000000000" };
  const call = by(hopper, app);
  await expectRefusal(app, () => deleteWebhook(call, { webhookId }), "WEBHOOK_NOT_FOUND");
  await expectRefusal(app, () => testWebhook(call, { webhookId }), "WEBHOOK_NOT_FOUND");
  await expectRefusal(
    app,
    () => replayWebhook(call, { webhookId, fromHistoryEntryId: "1", comments }),
    "WEBHOOK_NOT_FOUND",
  );
  const known = (await world.db.query<{ id: string }[]>("select id from webhook"))[0]!.id;
  await expectRefusal(
    app,
    () => replayWebhook(call, { webhookId: known, fromHistoryEntryId: "999999999999", comments }),
    "HISTORY_ENTRY_NOT_FOUND",
  );
});

test("a deleted webhook tells nothing more", async () => {
  const { webhookId } = await create();
  await anEntitlement(app);
  expect(await deleteWebhook(by(hopper, app), { webhookId })).toBe(webhookId);
  await sweepWebhooks(app);
  expect(receiver.messages).toEqual([]);
});

test("a webhook takes over only so much at once, and the rest waits in history", async () => {
  await create();
  const id = await anEntitlement(app);
  await world.db.query(
    `insert into webhook_delivery (webhook_id, history_id, entitlement_id, state, attempt, created_at, modified_at)
     select w.id, 1000000 + n, $1, 'WAITING', 0, now(), now() from webhook w, generate_series(1, 1000) n`,
    [id],
  );
  await change(id);
  await sweepWebhooks(app);
  expect(receiver.messages.map(({ entry }) => entry)).toEqual([]);
  await world.db.query("delete from webhook_delivery");
  await sweepWebhooks(app);
  expect(receiver.messages[0]).toMatchObject({ type: "entitlement.created", entitlementId: id });
});

import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { decode, eventIn } from "../../../src/gateways/event-bus/decode";
import { runKey } from "../../../src/demo/catalog";
import { describeWithRedis, openEventBus } from "../../support/event-bus";
import { TYPES } from "../../support/lms-events";
import { until } from "../../support/waiting";
import { openFakeEdx, type FakeEdx } from "../fake-edx";

const RUN = runKey(1, "open");
let edx: FakeEdx;
let receiver: Server;
let received: { body: string; headers: Record<string, unknown> }[];
let wereActive: boolean[];
const lines: string[] = [];

beforeEach(async () => {
  [received, wereActive] = [[], []];
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      received.push({ body, headers: request.headers });
      response.writeHead(202).end();
    });
  }).listen(0);
});
afterEach(async () => {
  await edx.close();
  receiver.close();
});

const told = () =>
  received.map(({ body }) => {
    const { type, data } = JSON.parse(body) as {
      type: string;
      data: { enrollment: { mode: string; is_active: boolean } };
    };
    return [type, data.enrollment.mode, data.enrollment.is_active];
  });

test("it sends three signed events for a new verified enrollment, before it is made, and two for its end", async () => {
  const eventsTo = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/lms-events`;
  edx = await openFakeEdx({ eventsTo, log: (line) => lines.push(line) });
  const { announce, enrollments } = edx.world;
  edx.world.announce = (change) => {
    wereActive.push(
      [...enrollments.values()].some(
        (each) => each.username === "bob" && each.courseRunKey === RUN && each.isActive,
      ),
    );
    announce!(change);
  };
  edx.others.enroll("bob", RUN, "verified");
  await until(() => received.length === 3);
  expect(wereActive).toEqual([false]);
  edx.others.deactivate("bob", RUN);
  await until(() => received.length === 5);
  expect(told()).toEqual([
    [TYPES.changed, "audit", true],
    [TYPES.enrolled, "audit", true],
    [TYPES.changed, "verified", true],
    [TYPES.changed, "verified", false],
    [TYPES.left, "verified", false],
  ]);
  const { body, headers } = received[0]!;
  const signed = createHmac("sha256", edx.eventsSecret).update(`${String(headers["x-timestamp"])}.${body}`);
  expect(headers["x-signature"]).toBe(`sha256=${signed.digest("hex")}`);
  await until(() => lines.some((line) => /^event .*unenrollment.* bob .* => 202$/.test(line)));
});

test("events that nobody takes are told of, and change nothing", async () => {
  edx = await openFakeEdx({ eventsTo: "http://127.0.0.1:1/lms-events", log: (line) => lines.push(line) });
  edx.others.enroll("bob", RUN, "audit");
  await until(() => lines.some((line) => line.includes("was not taken")));
});

describeWithRedis("with the Redis of this machine", () => {
  test("it sends events that the product can read", async () => {
    const bus = await openEventBus();
    const { redis, url, stream } = bus;
    edx = await openFakeEdx({ eventsTo: `${url}?stream=${stream}` });
    edx.others.enroll("bob", RUN, "audit");
    await edx.close();
    const entries = await redis.xrangeBuffer(stream, "-", "+");
    const bob = Number(edx.world.users.get("bob")!.id);
    expect(entries.map(([, fields]) => decode(eventIn(fields)!))).toEqual([
      { data: { enrollment: { user: { id: bob }, course: { course_key: RUN } } } },
      { data: { enrollment: { user: { id: bob }, course: { course_key: RUN } } } },
    ]);
    await bus.close();
  });
});

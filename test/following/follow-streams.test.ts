import { pino } from "pino";
import { followStreams, type FollowedStreams } from "../../src/following/follow-streams";
import { LMS_EVENT_BUS, LMS_EVENTS, type EventsCounted } from "../../src/following/counts";
import { StreamGroup } from "../../src/gateways/event-bus/stream-group";
import { openEdx, text } from "../support/avro";
import { ada } from "../support/demo-app";
import { describeWithRedis, openEventBus, type EventBus } from "../support/event-bus";
import { aCourse, anEntitlement, redeem, standing, useLms } from "../support/lms";
import { lookAfter, looksDue, TYPES } from "../support/lms-events";
import { openTcpProxy, type TcpProxy } from "../support/tcp-proxy";
import { until, untilSomebodyWaits } from "../support/waiting";

const beside = useLms({ LMS_ENTITLEMENTS: "plugin" });
const userId = Number(ada.userId);

let bus: EventBus;
let followed: FollowedStreams[];
let compared: number;
let logged: Record<string, unknown>[];
let counted: Record<string, number>;
let told: unknown[];
const hear = (message: unknown) => void told.push(message);
const count = (message: unknown) => {
  const { outcome, count: more } = message as EventsCounted;
  counted[outcome] = (counted[outcome] ?? 0) + more;
};

describeWithRedis("with the Redis of this machine", () => {
  beforeEach(async () => {
    [bus, followed, compared, logged, counted, told] = [await openEventBus(), [], 0, [], {}, []];
    LMS_EVENTS.subscribe(count);
    LMS_EVENT_BUS.subscribe(hear);
    await beside.app.db.query("delete from reconcile_due");
  });
  afterEach(async () => {
    LMS_EVENTS.unsubscribe(count);
    LMS_EVENT_BUS.unsubscribe(hear);
    await Promise.all(followed.map((each) => each.stop()));
    await bus.close();
  });

  const log = pino(
    { level: "info" },
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const messages = () => logged.map(({ msg }) => String(msg));
  const at = (consumer = "one:4000", url = bus.url) => ({ url, streams: [bus.stream], consumer });
  const compareAll = () => Promise.resolve(compared++);

  function follow(
    consumer?: string,
    url?: string,
    lookEveryMs?: number,
    compare = compareAll,
  ): FollowedStreams {
    const following = followStreams({ ...beside.app, log }, at(consumer, url), compare, lookEveryMs);
    followed.push(following);
    return following;
  }

  async function aRedeemedOne() {
    const { courseUuid, one } = await aCourse(beside);
    const entitlementId = await anEntitlement(beside, courseUuid);
    await redeem(beside, entitlementId, one);
    return { one, entitlementId };
  }
  const left = (run: string, id?: string) => ({
    type: TYPES.left,
    data: openEdx.enrollment(userId, run, { isActive: false }),
    ...(id && { id }),
  });
  const queued = (events: number) =>
    until(() => (counted["QUEUED"] ?? 0) + (counted["KNOWN"] ?? 0) >= events);
  const acknowledged = async () => {
    while ((await bus.pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  test("a learner who leaves a run in the LMS can redeem the entitlement again", async () => {
    const { one, entitlementId } = await aRedeemedOne();
    follow();
    beside.edx.others.deactivate("ada", one);
    await bus.send(left(one));
    await queued(1);
    await acknowledged();
    await lookAfter(beside.app);
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
    expect(JSON.stringify(logged)).not.toMatch(/private/i);
  });

  test("a stream that does not exist yet is made, and what it held before the first start is read", async () => {
    const { one } = await aRedeemedOne();
    await bus.send(left(one));
    follow();
    await queued(1);
    expect(compared).toBe(1);
    await followed[0]!.stop();
    follow();
    await bus.send(left(one));
    await queued(2);
    expect(compared).toBe(1);
  });

  test("entries that a process was given before it was killed are noted when it starts again", async () => {
    const { one } = await aRedeemedOne();
    const killed = await StreamGroup.open(at());
    await bus.send(left(one));
    expect(await killed.readNew(1_000)).toHaveLength(1);
    killed.close();
    follow();
    await queued(1);
    await acknowledged();
  });

  test("entries that another process has left behind for a minute are taken over, and it is forgotten after a day", async () => {
    const { one } = await aRedeemedOne();
    const gone = await StreamGroup.open(at("gone:4000"));
    const entryId = await bus.send(left(one));
    await gone.readNew(1_000);
    gone.close();
    follow("other:4000", bus.url, 50);
    await bus.send(left(one));
    await queued(1);
    expect(await bus.pending()).toBe(1);
    await bus.redis.call(
      "XCLAIM",
      bus.stream,
      "course-entitlements",
      "gone:4000",
      0,
      entryId,
      "IDLE",
      61_000,
      "JUSTID",
    );
    await queued(2);
    await acknowledged();
    const other = await StreamGroup.open(at("other:4000"));
    await other.forgetOthers(0);
    other.close();
    const consumers = JSON.stringify(await bus.redis.xinfo("CONSUMERS", bus.stream, "course-entitlements"));
    expect(consumers).toContain("other:4000");
    expect(consumers).not.toContain("gone:4000");
  });

  test("two processes share the entries, and each event is queued once", async () => {
    const { one } = await aRedeemedOne();
    follow("one:4000");
    follow("two:4000");
    await bus.sendAll(Array.from({ length: 400 }, (_, place) => left(one, `${bus.stream}-${place}`)));
    await queued(400);
    expect(counted).toEqual({ QUEUED: 400 });
    await acknowledged();
    const consumers = JSON.stringify(await bus.redis.xinfo("CONSUMERS", bus.stream, "course-entitlements"));
    expect(consumers).toContain("one:4000");
    expect(consumers).toContain("two:4000");
    expect(await looksDue(beside.app)).toMatchObject([{ hints: 400 }]);
  });

  test("an entry is acknowledged only once it is stored", async () => {
    const { one } = await aRedeemedOne();
    follow();
    await until(() => compared === 1);
    await beside.app.db.transaction(async (tx) => {
      await tx.query("lock table reconcile_due in access exclusive mode");
      await bus.send(left(one));
      await untilSomebodyWaits(beside.app);
      expect(await bus.pending()).toBe(1);
    });
    await queued(1);
    await acknowledged();
  });

  test("events that were dropped before they were read have everything compared with the LMS, once", async () => {
    const { one } = await aRedeemedOne();
    const before = await StreamGroup.open(at());
    await bus.sendAll(Array.from({ length: 30 }, () => left(one)));
    await bus.redis.xtrim(bus.stream, "MAXLEN", 10);
    before.close();
    let tries = 0;
    follow(undefined, bus.url, 20, () => (tries++ < 2 ? Promise.reject(new Error("not now")) : compareAll()));
    await queued(10);
    await acknowledged();
    expect(counted).toMatchObject({ LOST: 20, QUEUED: 10 });
    await bus.send(left(one));
    await queued(11);
    expect([compared, counted["LOST"]]).toEqual([1, 20]);
    expect(messages().filter((message) => message.includes("dropped"))).toHaveLength(1);
  });

  test("entries that were dropped after they were given to a process that was killed count as lost too", async () => {
    const { one } = await aRedeemedOne();
    const killed = await StreamGroup.open(at());
    await bus.sendAll([left(one), left(one)]);
    await killed.readNew(1_000);
    killed.close();
    await bus.redis.xtrim(bus.stream, "MAXLEN", 1);
    follow();
    await queued(1);
    await until(() => counted["LOST"] === 1);
    await acknowledged();
    expect(compared).toBe(1);
  });

  test("events in a form that is not known hold up nothing, are told of once, and have everything compared", async () => {
    const { one } = await aRedeemedOne();
    follow();
    await until(() => compared === 1);
    const unknown = { type: TYPES.enrolled, data: text("something else"), sourcelib: "12.0.0" };
    await bus.sendAll([unknown, left(one), unknown]);
    await bus.redis.xadd(bus.stream, "*", "no", "event");
    await queued(1);
    await until(() => counted["UNREADABLE"] === 3);
    await acknowledged();
    expect(compared).toBeGreaterThan(1);
    expect(logged.filter(({ sourcelib }) => sourcelib === "12.0.0")).toHaveLength(1);
  });

  test("an event that PostgreSQL refuses is counted and acknowledged, and those beside it are noted", async () => {
    const { one } = await aRedeemedOne();
    await beside.app.db.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
       create trigger refuse before insert on seen_event for each row when (new.id = 'poison') execute function refuse()`,
    );
    await bus.sendAll([left(one), left(one, "poison"), left(one)]);
    follow();
    await queued(2);
    await until(() => counted["UNREADABLE"] === 1);
    await acknowledged();
    await beside.app.db.query("drop function refuse cascade");
    expect(messages()).toContain("an event of the LMS cannot be noted");
  });

  describe("over a network that fails", () => {
    let wire: TcpProxy;
    beforeEach(async () => {
      wire = await openTcpProxy(bus.url);
    });
    afterEach(() => wire.cut());

    test("one line tells that Redis is away, one that it is back, and nothing is lost", async () => {
      const { one } = await aRedeemedOne();
      follow(undefined, wire.url);
      await bus.send(left(one));
      await queued(1);
      await wire.cut();
      await until(() => messages().length === 2);
      await new Promise((resolve) => setTimeout(resolve, 700));
      await bus.send(left(one));
      await wire.mend();
      await queued(2);
      await acknowledged();
      expect(messages()).toEqual([
        "streams of events are read from their first entry on",
        "events of the LMS cannot be read from Redis; sweeps go on",
        "Redis answers again; events of the LMS are read",
      ]);
      const ups = told.map((each) => (each as { isUp?: boolean }).isUp).filter((isUp) => isUp !== undefined);
      expect([ups[0], ups[1], ups.at(-1)]).toEqual([true, false, true]);
      expect(told).toContainEqual({ stream: bus.stream, lag: 1 });
    });

    test("a network that loses everything is noticed", async () => {
      follow(undefined, wire.url);
      await until(() => compared === 1);
      wire.stall();
      await until(() => logged.some(({ cause }) => cause === "ETIMEDOUT"));
    });
  });

  test("a stream that Redis has forgotten is made again, and everything is compared", async () => {
    const { one } = await aRedeemedOne();
    follow();
    await until(() => compared === 1);
    await bus.redis.del(bus.stream);
    await until(() => compared === 2);
    await bus.send(left(one));
    await queued(1);
  });

  test("it stops within seconds, also while Redis is away", async () => {
    const [near, far] = [follow(), follow("one:4000", "redis://127.0.0.1:1")];
    await until(() => compared === 1 && logged.some(({ cause }) => cause === "ECONNREFUSED"));
    const from = performance.now();
    await Promise.all([near.stop(), far.stop()]);
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});

import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { isServerThere } from "./local-server";
import { entryOf, type SentEvent } from "./event-entry";

const ADDRESS = "redis://127.0.0.1:6379";

/** Whether a Redis runs on this machine. Where none does, the tests that need it say so and are skipped. */
const hasRedis = isServerThere("Redis", 6379);

/** Describes what needs a Redis. */
export function describeWithRedis(what: string, tests: () => void): void {
  (hasRedis ? describe : describe.skip)(what, tests);
}

/** The event bus of an LMS: streams of a test's own in a real Redis. */
export interface EventBus {
  url: string;
  /** The name of a stream that nothing else uses. */
  stream: string;
  redis: Redis;
  /** Adds an entry as the library event-bus-redis does, with its fields in their order. */
  send(event: SentEvent): Promise<string>;
  /** Adds many entries at once. */
  sendAll(events: readonly SentEvent[]): Promise<void>;
  /** How many entries were given to a process and are not acknowledged. */
  pending(): Promise<number>;
  /** Removes the stream. */
  close(): Promise<void>;
}

/** Opens an event bus. */
export async function openEventBus(): Promise<EventBus> {
  const redis = new Redis(ADDRESS, { lazyConnect: true });
  await redis.connect();
  const stream = `test-${randomUUID()}-course-entitlements`;
  return {
    url: ADDRESS,
    stream,
    redis,
    send: async (event) => (await redis.xadd(...entryOf(stream, event)))!,
    async sendAll(events) {
      const many = redis.pipeline();
      for (const event of events) many.xadd(...entryOf(stream, event));
      await many.exec();
    },
    async pending() {
      const [count] = (await redis.xpending(stream, "course-entitlements")) as [number];
      return count;
    },
    async close() {
      await redis.del(stream);
      redis.disconnect();
    },
  };
}

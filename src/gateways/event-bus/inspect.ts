import type { Redis } from "ioredis";
import { connectTo, unavailable } from "./connection";
import { GROUP, named } from "./stream-group";

/** A stream as it is found. */
export interface FoundStream {
  /** The name of the stream. */
  stream: string;
  /** How many entries it holds; null where it does not exist. */
  length: number | null;
  /** How many entries no process of ours has been given; null where Redis does not know, or no process has ever read it. */
  lag: number | null;
  /** Whether processes of ours read it. */
  isRead: boolean;
}

/** The Redis of an event bus, as it is found. */
export interface FoundBus {
  /** The version of Redis. */
  version: string;
  streams: FoundStream[];
  /** Streams for the same topics with other prefixes. */
  others: string[];
}

const SCANS_AT_MOST = 100;

/** Looks at the streams of topics, and changes nothing. Rejects with RedisUnavailable. */
export async function inspect(
  url: string,
  streams: readonly string[],
  topics: readonly string[],
): Promise<FoundBus> {
  const redis = await connectTo(url);
  try {
    const version = /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "unknown";
    const found: FoundStream[] = [];
    for (const stream of streams) found.push(await foundStream(redis, stream));
    const others = await streamsOf(redis, topics);
    return { version, streams: found, others: others.filter((each) => !streams.includes(each)) };
  } catch (error) {
    throw unavailable(error);
  } finally {
    redis.disconnect();
  }
}

async function foundStream(redis: Redis, stream: string): Promise<FoundStream> {
  if ((await redis.exists(stream)) === 0) return { stream, length: null, lag: null, isRead: false };
  const group = named(await redis.xinfo("GROUPS", stream)).find(({ name }) => name === GROUP);
  const lag = group?.["lag"];
  return {
    stream,
    length: await redis.xlen(stream),
    lag: typeof lag === "number" ? lag : null,
    isRead: group !== undefined,
  };
}

/** The streams for topics with any prefix, as far as a look of bounded length finds them. */
async function streamsOf(redis: Redis, topics: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const topic of topics)
    for (let cursor = "0", scans = 0; scans < SCANS_AT_MOST; scans++) {
      const [next, keys] = await redis.scan(cursor, "MATCH", `*${topic}`, "COUNT", 1_000, "TYPE", "stream");
      for (const key of keys) if (key === topic || key.endsWith(`-${topic}`)) found.add(key);
      if (next === "0") break;
      cursor = next;
    }
  return [...found].toSorted();
}

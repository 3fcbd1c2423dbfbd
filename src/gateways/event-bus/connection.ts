import { Redis } from "ioredis";

/** How long Redis may take to connect and to answer, in milliseconds. */
const DEADLINE_MS = 3_000;

/** Redis cannot be used now. The message is the cause in one word, such as `ECONNREFUSED`, and holds no address. */
export class RedisUnavailable extends Error {}

/**
 * Connects to a Redis by its address, which may hold a password. The connection does not come back by itself: whoever reads
 * must begin with what was delivered before. Rejects with RedisUnavailable.
 */
export async function connectTo(url: string): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: DEADLINE_MS,
    commandTimeout: DEADLINE_MS,
  });
  let cause: unknown;
  redis.on("error", (error) => (cause ??= error));
  try {
    await redis.connect();
    await redis.ping();
    if (cause) throw cause as Error; // such as a database that does not exist
    return redis;
  } catch (error) {
    redis.disconnect();
    throw unavailable(cause ?? error);
  }
}

/** A failure of Redis or of the connection to it, with nothing of what was sent. */
export function unavailable(error: unknown): RedisUnavailable {
  if (error instanceof RedisUnavailable) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === "string") return new RedisUnavailable(code);
  const said = String(message);
  if (said.includes("timed out")) return new RedisUnavailable("ETIMEDOUT");
  if (said.startsWith("Protocol error")) return new RedisUnavailable("NONSENSE");
  return new RedisUnavailable(/^[A-Z]{3,}\b/.exec(said)?.[0] ?? "ECONNRESET");
}

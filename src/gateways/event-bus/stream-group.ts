import type { Redis } from "ioredis";
import { connectTo, unavailable } from "./connection";

/** Under this name, all processes of this service share the entries of each stream. */
export const GROUP = "course-entitlements";
const ENTRIES = 100;

/** Where streams are, and as what this process reads them. */
export interface StreamsAt {
  /** The address of Redis. It may hold a password. */
  url: string;
  /** The names of the streams. */
  streams: readonly string[];
  /** The name of this process within the group: no other has it, and it keeps it when it is started again. */
  consumer: string;
}

/** An entry that was delivered to this process and not acknowledged yet. */
export interface StreamEntry {
  /** The name of the stream. */
  stream: string;
  /** The id that Redis has given it. */
  entryId: string;
  /** Names and values in turn; null where the stream has dropped it since it was delivered. */
  fields: Buffer[] | null;
}

/** How far a stream is read. */
export interface StreamState {
  /** The name of the stream. */
  stream: string;
  /** How many entries it holds. */
  length: number;
  /** How many entries have been added that nobody of the group has been given; null where Redis does not know. */
  lag: number | null;
}

/** The streams of a Redis, read by this process together with others. Its methods reject with RedisUnavailable. */
export class StreamGroup {
  private constructor(
    private readonly redis: Redis,
    private readonly at: StreamsAt,
    /** The streams that nobody of the group had read before. They are read from their first entry on. */
    readonly unread: readonly string[],
  ) {}

  /** Connects, and makes the streams and the group where they do not exist. */
  static async open(at: StreamsAt): Promise<StreamGroup> {
    const redis = await connectTo(at.url);
    try {
      const unread: string[] = [];
      for (const stream of at.streams) if (await makeGroup(redis, stream)) unread.push(stream);
      return new StreamGroup(redis, at, unread);
    } catch (error) {
      redis.disconnect();
      throw unavailable(error);
    }
  }

  /** The first entries that were delivered to this process and not acknowledged, as before it was killed. */
  readOwn(): Promise<StreamEntry[]> {
    return this.read("0");
  }

  /**
   * Entries that nobody of the group was given yet; waits for them for so many milliseconds, and rejects at once when it is
   * stopped. What is on its way then stays with this process.
   */
  async readNew(waitMs: number, stopping?: AbortSignal): Promise<StreamEntry[]> {
    const close = () => this.close();
    stopping?.addEventListener("abort", close);
    try {
      return await this.read(">", "BLOCK", waitMs);
    } finally {
      stopping?.removeEventListener("abort", close);
    }
  }

  /** Takes over entries that others were given so many milliseconds ago. Returns how many of them the streams have dropped. */
  async takeOver(idleMs: number): Promise<number> {
    const taken = await this.each((stream) =>
      this.redis.xautoclaim(stream, GROUP, this.at.consumer, idleMs, "0-0", "COUNT", ENTRIES, "JUSTID"),
    );
    return taken.reduce<number>(
      (sum, [, , dropped]) => sum + ((dropped as unknown[] | undefined)?.length ?? 0),
      0,
    );
  }

  /** Says that entries are done with. */
  async acknowledge(entries: readonly StreamEntry[]): Promise<void> {
    await this.each(async (stream) => {
      const ids = entries.filter((entry) => entry.stream === stream).map(({ entryId }) => entryId);
      if (ids.length > 0) await this.redis.xack(stream, GROUP, ...ids);
    });
  }

  /** How far each stream is read. */
  states(): Promise<StreamState[]> {
    return this.each(async (stream) => {
      // At one instant: an entry that is added between the two would count as one that was dropped later.
      const told = (await this.redis.multi().xinfo("GROUPS", stream).xlen(stream).exec()) ?? [];
      for (const [error] of told) if (error) throw error;
      const [groups, length] = told.map(([, value]) => value) as [unknown, number];
      const lag = named(groups).find(({ name }) => name === GROUP)?.["lag"];
      return { stream, length, lag: typeof lag === "number" ? lag : null };
    });
  }

  /** Removes the names of processes that have not read for so many milliseconds and have nothing left to acknowledge. */
  async forgetOthers(idleMs: number): Promise<void> {
    await this.each(async (stream) => {
      for (const { name, idle, pending } of named(await this.redis.xinfo("CONSUMERS", stream, GROUP)))
        if (name !== this.at.consumer && Number(idle) > idleMs && pending === 0)
          await this.redis.xgroup("DELCONSUMER", stream, GROUP, String(name));
    });
  }

  /** Closes the connection. */
  close(): void {
    this.redis.disconnect();
  }

  private async read(from: string, ...wait: [] | ["BLOCK", number]): Promise<StreamEntry[]> {
    const { streams, consumer } = this.at;
    const places = [...streams, ...streams.map(() => from)];
    const command = ["GROUP", GROUP, consumer, "COUNT", ENTRIES, ...wait, "STREAMS", ...places];
    try {
      const read = (await this.redis.callBuffer("XREADGROUP", command)) as
        [Buffer, [Buffer, Buffer[] | null][]][] | null;
      return (read ?? []).flatMap(([stream, entries]) =>
        entries.map(([id, fields]) => ({ stream: stream.toString(), entryId: id.toString(), fields })),
      );
    } catch (error) {
      throw unavailable(error);
    }
  }

  private async each<T>(work: (stream: string) => Promise<T>): Promise<T[]> {
    try {
      return await Promise.all(this.at.streams.map(work));
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/**
 * Makes the group of a stream, and the stream; false where it is there. It begins with the first entry: what was added
 * before the first start, or after Redis has lost the group, is read too, and costs no more than being read.
 */
async function makeGroup(redis: Redis, stream: string): Promise<boolean> {
  try {
    await redis.xgroup("CREATE", stream, GROUP, "0", "MKSTREAM");
    const [{ "entries-added": added, length } = {}] = named([await redis.xinfo("STREAM", stream)]);
    // Without the number of entries before, Redis cannot tell what it drops until the first one is read.
    if (typeof added === "number")
      await redis.xgroup("SETID", stream, GROUP, "0", "ENTRIESREAD", added - Number(length));
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("BUSYGROUP")) return false;
    throw error;
  }
}

/** The objects that Redis writes as lists of names and values in turn. */
export function named(lists: unknown): Record<string, unknown>[] {
  return (lists as unknown[][]).map((list) =>
    Object.fromEntries(
      list.flatMap((name, place) => (place % 2 === 0 ? [[String(name), list[place + 1]] as const] : [])),
    ),
  );
}

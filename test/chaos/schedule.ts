import type { ShopAct } from "../support/fake-shop";

/** The faults of a process, of its PostgreSQL, or of the connection between them. */
export const FAULTS = ["none", "kill", "stop", "terminate", "loseCommit", "loseAnswer", "crash"] as const;
export type Fault = (typeof FAULTS)[number];

/** A crash of PostgreSQL affects every schedule that runs at the same time, and is therefore rarer. */
const LIKELY: readonly Fault[] = [...FAULTS, "stop", "terminate", "loseCommit", "loseAnswer", "none"];

/** The places of the protocol at which it can happen: those of `faultPoint()`. */
export const POINTS = [
  "intend:beforeCommit",
  "intend:afterCommit",
  "call:before",
  "call:after",
  "settle:beforeCommit",
  "claim:beforeCommit",
] as const;
export type Point = (typeof POINTS)[number];

/** The kinds of shops: with idempotency keys, without them, and one that is asked by webhook. */
export const SHOPS = ["keyed", "natural", "webhook"] as const;
export type ShopKind = (typeof SHOPS)[number];

/** The statuses by which each kind of shop leaves open what it has done. */
const UNCLEAR: Record<ShopKind, readonly number[]> = {
  keyed: [500, 503, 409, 429],
  natural: [500, 503, 409, 429],
  webhook: [500, 502, 504, 202],
};

/** The events around one entitlement, made from a seed. */
export interface Schedule {
  seed: number;
  fault: Fault;
  point: Point;
  /** At which visit of the point. */
  visit: number;
  /** The behaviour of the shop for the first requests; afterwards it behaves correctly and as `ending` says. */
  shop: ShopAct[];
  ending: "pay" | "refuse";
  /** The times of the refund requests, in milliseconds, and their servers. */
  clicks: { afterMs: number; server: number }[];
  /** The other commands on the entitlement meanwhile. */
  beside: { command: "leaveSession" | "switchSession" | "expireEntitlement"; afterMs: number } | null;
}

/** In deadlines: so that a process that is killed does not take all schedules with it that run side by side. */
const SPREAD = 10;

/** What a run may be narrowed to. */
export interface Narrowing {
  faults?: readonly Fault[];
  points?: readonly Point[];
  endings?: readonly Schedule["ending"][];
  /** Always so many. */
  clicks?: 1 | 2;
  /** The kind of the shop, whose answers differ; keyed unless given. */
  kind?: ShopKind;
}

/** Makes the schedule of a seed: the same each time. */
export function scheduleOf(seed: number, deadlineMs: number, narrowing: Narrowing = {}): Schedule {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const ending = pick<Schedule["ending"]>(narrowing.endings ?? ["pay", "pay", "pay", "refuse"]);
  const fault = pick(narrowing.faults ?? LIKELY);
  const point = pick(narrowing.points ?? POINTS);
  const visit = next() < 0.9 ? 1 : 2;
  const unclear = UNCLEAR[narrowing.kind ?? "keyed"];
  const shop = Array.from({ length: Math.floor(next() * 3) }, () =>
    shopAct(pick, ending, deadlineMs, unclear),
  );
  // The sweep reaches its points only when the outcome of the first attempt is unknown.
  if (point === "claim:beforeCommit" && shop.length === 0)
    shop.push({ effect: "nothing", reply: unclear[1]! });
  const clicks = [{ afterMs: Math.floor(next() * SPREAD * deadlineMs), server: pick([0, 1]) }];
  const isDouble = next() < 0.4;
  if (narrowing.clicks ? narrowing.clicks === 2 : isDouble)
    clicks.push({ afterMs: clicks[0]!.afterMs + Math.floor(next() * deadlineMs), server: pick([0, 1]) });
  const commands = ["leaveSession", "switchSession", "expireEntitlement"] as const;
  const beside =
    next() < 0.3
      ? { command: pick(commands), afterMs: clicks[0]!.afterMs + Math.floor(next() * deadlineMs) }
      : null;
  return { seed, fault, point, visit, shop, ending, clicks, beside };
}

function shopAct(
  pick: <T>(from: readonly T[]) => T,
  ending: Schedule["ending"],
  deadlineMs: number,
  unclear: readonly number[],
): ShopAct {
  const effect = pick([ending, "nothing"] as const);
  const reply = pick(["reset", "silence", ...unclear, "honest", "late"] as const);
  if (reply === "late") return { effect, reply: "honest", afterMs: 1.5 * deadlineMs };
  if (reply === "honest") return { effect: ending, reply, beforeMs: pick([0, 0.3, 1.4]) * deadlineMs };
  return { effect, reply };
}

/** Mulberry32: small, and good enough to choose faults with. */
export function random(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

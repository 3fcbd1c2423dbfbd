import { channel } from "node:diagnostics_channel";
import type { Noted } from "../use-cases/lms/following/note-events";

/** What became of events, as it is published on `LMS_EVENTS`. */
export interface EventsCounted {
  /** How they have come. */
  way: "webhook" | "redis";
  /**
   * What became of them: `UNSIGNED` where the sender does not know the secret, `UNREADABLE` where they have no known form,
   * and `LOST` where Redis has dropped them before they were read.
   */
  outcome: Noted | "UNSIGNED" | "UNREADABLE" | "LOST";
  count: number;
}

/** How the event bus is, as it is published on `LMS_EVENT_BUS`. */
export type BusTold =
  /** Whether Redis answers. */
  | { isUp: boolean }
  /** How many entries of a stream nobody has been given yet; null where Redis does not know. */
  | { stream: string; lag: number | null };

/** Publishes `EventsCounted`, for metrics. */
export const LMS_EVENTS = channel("course-entitlements:lms-events");
/** Publishes `BusTold`, for metrics. */
export const LMS_EVENT_BUS = channel("course-entitlements:lms-event-bus");

/** Counts what became of events. */
export function count(way: EventsCounted["way"], outcome: EventsCounted["outcome"], counted = 1): void {
  LMS_EVENTS.publish({ way, outcome, count: counted } satisfies EventsCounted);
}

/** Tells how the event bus is. */
export function tellBus(told: BusTold): void {
  LMS_EVENT_BUS.publish(told);
}

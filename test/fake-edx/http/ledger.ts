import type { EnrollmentChange, FakeRefund } from "../world/world";

/** The systems of an installation. */
export const SYSTEMS = ["lms", "discovery", "coordinator", "webhook"] as const;
/** The name of one of them. */
export type SystemName = (typeof SYSTEMS)[number];

/** A request that came in, and what became of it. */
export interface LedgerEntry {
  at: Date;
  system: SystemName;
  method: string;
  /** The path with its query. */
  path: string;
  /** The body, without the secret of a client. */
  body: string;
  /** The status of the answer, or what happened in its place; null as long as nothing has. */
  status: number | "reset" | "silence" | null;
  /** What the request has changed. */
  effect: (EnrollmentChange | FakeRefund)[];
}

/** One line for people. */
export function lineOf({ at, system, method, path, body, status, effect }: LedgerEntry): string {
  const done = effect.map((each) =>
    "shop" in each
      ? `refunded ${each.orderNumber}`
      : `${each.username} ${each.courseRunKey} ${standing(each.from)} -> ${standing(each.to)}`,
  );
  return [at.toISOString(), system, method, path, body.slice(0, 200), `=> ${status}`, ...done]
    .filter(Boolean)
    .join(" ");
}

const standing = (of: EnrollmentChange["from"]) =>
  of ? `${of.mode}/${of.isActive ? "active" : "inactive"}` : "none";

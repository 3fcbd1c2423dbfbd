import { z } from "zod";
import { SYSTEMS, type SystemName } from "../http/ledger";

const which = {
  system: z.enum(SYSTEMS),
  /** A regular expression for the method and the path, such as `^POST .*enrollment$`; all requests when absent. */
  path: z.string().refine(isRegularExpression, "is no regular expression").default(""),
  /** Which of these requests, from 1; all when absent. */
  nth: z.union([z.int().min(1), z.array(z.int().min(1))]).optional(),
};
const ms = z.int().min(0).max(600_000);

const fault = z.discriminatedUnion("kind", [
  /** The effect happens at once, and the answer comes late. */
  z.strictObject({ ...which, kind: z.literal("slow"), ms }),
  /** Nothing happens, and the answer has this status. */
  z.strictObject({
    ...which,
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    retryAfterSeconds: z.int().min(0).optional(),
  }),
  /** Nothing happens, and the connection is reset. */
  z.strictObject({ ...which, kind: z.literal("reset") }),
  /** Nothing happens, and no answer comes. */
  z.strictObject({ ...which, kind: z.literal("silence") }),
  /** `html`: nothing happens, and a page for people comes. `truncated`: it happens, and half of the JSON comes. */
  z.strictObject({ ...which, kind: z.literal("nonsense"), shape: z.enum(["html", "truncated"]) }),
  /** The effect happens, and the connection is reset. */
  z.strictObject({ ...which, kind: z.literal("lostAnswer") }),
  /** The connection is reset, and the effect happens later. */
  z.strictObject({ ...which, kind: z.literal("lateEffect"), ms }),
]);

/** What goes wrong with which requests. */
export type Fault = z.input<typeof fault>;

/** Reads faults. Throws an error that says what is wrong with them. */
export function readFaults(value: unknown): Fault[] {
  const read = z.array(fault).safeParse(value);
  if (!read.success) throw new Error(z.prettifyError(read.error));
  return read.data;
}

/** The faults that are in force. */
export class Faults {
  private all: { fault: Fault; path: RegExp; seen: number }[] = [];

  /** Replaces all faults, and counts requests from 1 again. Throws an error that says what is wrong with them. */
  set(...faults: Fault[]): void {
    this.all = readFaults(faults).map((each) => ({
      fault: each,
      path: new RegExp(each.path ?? ""),
      seen: 0,
    }));
  }

  /** Those in force. */
  get list(): Fault[] {
    return this.all.map((each) => each.fault);
  }

  /** The first fault for a request, which all faults count that name it. */
  take(system: SystemName, request: string): Fault | undefined {
    const meant = this.all.filter((each) => each.fault.system === system && each.path.test(request));
    for (const each of meant) each.seen++;
    return meant.find(({ fault: { nth }, seen }) => nth === undefined || [nth].flat().includes(seen))?.fault;
  }
}

function isRegularExpression(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}

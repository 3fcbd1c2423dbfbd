import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Narrowing } from "./schedule";

/** A bug that the harness must find, which proves that it works. */
export interface Bug {
  name: string;
  /** What it breaks. */
  invariants: string[];
  /** Which schedules can show it. */
  narrowing: Narrowing;
  /** In compiled files under `src`: what is replaced by what. */
  edits: [file: string, from: string, to: string][];
  /** The protection in the database that would hide it, removed. */
  sql?: string;
}

export const BUGS: Bug[] = [
  {
    name: "no key is sent",
    invariants: ["I1"],
    narrowing: { faults: ["none"], endings: ["pay"] },
    edits: [
      ["gateways/refund/coordinator.js", '"idempotency-key": key', '"idempotency-key": crypto.randomUUID()'],
    ],
  },
  {
    name: "an unknown outcome is taken for a refusal",
    invariants: ["I3"],
    narrowing: { faults: ["none"], endings: ["pay"] },
    edits: [["rules/refund-rules.js", 'return "IN_DOUBT";', 'return "FAILED";']],
  },
  {
    name: "nobody looks for a live request",
    invariants: ["I1"],
    narrowing: { faults: ["none"], endings: ["pay"], clicks: 2 },
    edits: [
      ["use-cases/refunds/request-refund.js", "if (live && (", "if (false && ("],
      ["rules/entitlement-rules.js", "return !!refundState &&", "return false &&"],
    ],
    sql: "drop index refund_live_key",
  },
  {
    name: "no history is written",
    invariants: ["I7"],
    narrowing: { faults: ["none"] },
    edits: [["history/historical.js", "[refund_1.Refund, HistoricalRefund],", ""]],
  },
  {
    name: "the enrollment is left open",
    invariants: ["I9"],
    narrowing: { faults: ["none"], endings: ["pay"] },
    edits: [
      [
        "use-cases/sessions/enrollment.js",
        'return release(tx, { now }, entitlement, { expiredAt, expiryCause: "REFUNDED" });',
        `return (0, locked_entitlement_1.save)(tx, { now }, entitlement,
          { expiredAt, expiryCause: "REFUNDED", enrollmentId: null, redeemedAt: null });`,
      ],
    ],
  },
  {
    name: "a lost answer to COMMIT is taken for a failure",
    invariants: ["I5"],
    narrowing: { faults: ["loseAnswer"], points: ["intend:beforeCommit"], endings: ["pay"] },
    edits: [
      [
        "store/transact-surely.js",
        "if (lost?.xid && ",
        'if (lost?.xid) throw new (require("../refusal").Refusal)("REFUND_FAILED", "");\n            if (lost?.xid && ',
      ],
    ],
  },
];

/**
 * Compiles the product with a bug into a folder of its own; returns the server's file, and a function that removes the
 * folder.
 */
export function plant({ name, edits }: Bug): { main: string; remove: () => void } {
  const folder = join("dist", "bugs", `${process.pid}-${name.replaceAll(/\W+/g, "-")}`);
  for (const part of ["ormconfig.js", "migrations", "src"])
    cpSync(join("dist", part), join(folder, part), { recursive: true });
  for (const [file, from, to] of edits) {
    const path = join(folder, "src", file);
    const source = readFileSync(path, "utf8");
    if (!source.includes(from)) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(path, source.replace(from, to));
  }
  return { main: join(folder, "src", "main.js"), remove: () => rmSync(folder, { recursive: true }) };
}

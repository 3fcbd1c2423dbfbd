import type { PlantedBug } from "./plant";
import type { Narrowing } from "./schedule";

/** A bug in refunds. */
export interface Bug extends PlantedBug {
  /** What it breaks. */
  invariants: string[];
  /** Which schedules can show it. */
  narrowing: Narrowing;
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
        "use-cases/sessions/release.js",
        'return release(tx, asking, entitlement, { expiredAt, expiryCause: "REFUNDED" });',
        `return (0, locked_entitlement_1.save)(tx, asking, entitlement,
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

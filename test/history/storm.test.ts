import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase } from "../support/database";
import { removeNow, removeWhenThisProcessEnds } from "../support/cleanup";
import { SYSTEM_BINARIES } from "../support/system-postgres";
import { Audit } from "./storm/audit";
import { runSettledStorm } from "./storm/settled";
import { runStorm, type StormOptions } from "./storm/storm";
import type { Committed, RowChange } from "./storm/wal";

/** To make more changes: `CHANGES=10000 npx jest dist/test/history/storm.test.js`, or `npm run history:storm`. */
const CHANGES = Number(process.env["CHANGES"] ?? 2_000);

/** Answers that are asked for twice: more with `ANSWERS=10000`, or by `npm run history:storm -- --settled`. */
const ANSWERS = Number(process.env["ANSWERS"] ?? 600);

afterAll(() => removeNow());

async function storm(options: Pick<StormOptions, "scenarios" | "kills" | "changes" | "binaries">) {
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-storm-"));
  chmodSync(dir, 0o755); // PostgreSQL may have to run under another account
  removeWhenThisProcessEnds(dir);
  const report = await runStorm({ seed: 1, writers: 8, dir, ...options });
  const { missing, extra, wrong } = report.counts;
  expect({ found: report.faults, missing, extra, wrong, kills: report.kills }).toEqual({
    found: [],
    missing: 0,
    extra: 0,
    wrong: 0,
    kills: options.kills,
  });
  for (const verdict of report.verdicts)
    expect(verdict).toMatchObject({ faults: [], changed: 0, missed: 0, repeated: 0, lost: 0 });
  expect(Math.min(...report.verdicts.map(({ answers }) => answers))).toBeGreaterThan(0);
  expect(report.counts.changes).toBeGreaterThanOrEqual(options.changes);
  return report;
}

test("with many writers, two phases, a clock set back, killed processes and a promoted replica, every change has its history, and all history has its change", async () => {
  const { happened, survived, counts } = await storm({
    scenarios: ["two-phase", "clock", "replica"],
    changes: CHANGES,
    kills: 3,
  });
  expect(happened).toHaveLength(9);
  expect(Math.min(survived, counts.prepared)).toBeGreaterThan(0);
}, 300_000);

const withTools = SYSTEM_BINARIES ? test : test.skip;
withTools(
  "history goes on where a dump of many writers was restored, with all answers and checkpoints from before the dump",
  async () => {
    const { happened, verdicts } = await storm({
      scenarios: ["two-phase", "restore"],
      changes: CHANGES / 4,
      kills: 1,
      binaries: SYSTEM_BINARIES,
    });
    expect(happened).toContain("it is restored elsewhere");
    expect(verdicts).toHaveLength(2);
  },
  300_000,
);

test("while many write, some late, and the clock is set back, no settled answer changes, and who follows the log gets all", async () => {
  const database = await createTestDatabase();
  try {
    const found = await runSettledStorm({ url: database.url, seed: 1, answers: ANSWERS, tornAtMost: 300 });
    expect(found).toMatchObject({ changed: 0, torn: 0, missed: 0, repeated: 0, faults: [] });
    expect(found.answers).toBeGreaterThanOrEqual(ANSWERS);
    expect(Math.min(found.transactions, found.asked)).toBeGreaterThan(20);
  } finally {
    await database.drop();
  }
}, 120_000);

describe("the audit reports", () => {
  const row = (mode: string) => ({ id: "'1'", mode: `'${mode}'` });
  const live = (kind: RowChange["kind"], values: object): RowChange => ({
    table: "thing",
    kind,
    row: new Map(Object.entries(values)),
    oldKey: null,
  });
  const entry = (type: string, values: object, label = "ada"): RowChange => ({
    ...live("INSERT", {
      ...values,
      history_type: `'${type}'`,
      history_user_label: `'${label}'`,
      history_source: "'API'",
      history_change_reason: "'x'",
    }),
    table: "historical_thing",
  });
  const faultsOf = (...transactions: RowChange[][]) => {
    const audit = new Audit(new Set(["thing"]));
    const message = JSON.stringify({ path: "test", label: "ada", sources: ["API"] });
    transactions.forEach((changes, i) =>
      audit.read({ lsn: BigInt(i + 1), message, changes } satisfies Committed),
    );
    const { missing, extra, wrong } = audit.counts;
    return { missing, extra, wrong };
  };
  const created = [live("INSERT", row("a")), entry("+", row("a"))];
  const none = { missing: 0, extra: 0, wrong: 0 };

  test.each([
    ["nothing for a change that is recorded", [live("UPDATE", row("b")), entry("~", row("b"))], none],
    ["nothing for a write that changes nothing", [live("UPDATE", row("a"))], none],
    ["a change without an entry", [live("UPDATE", row("b"))], { ...none, missing: 1 }],
    ["a deletion without an entry", [live("DELETE", { id: "'1'" })], { ...none, missing: 1 }],
    ["an entry without a change", [entry("~", row("a"))], { ...none, extra: 1 }],
    [
      "a second entry for a change",
      [live("UPDATE", row("b")), entry("~", row("b")), entry("~", row("b"))],
      { ...none, extra: 1 },
    ],
    ["an entry with other values", [live("UPDATE", row("b")), entry("~", row("c"))], { ...none, wrong: 1 }],
    ["an entry of another kind", [live("UPDATE", row("b")), entry("+", row("b"))], { ...none, wrong: 1 }],
    [
      "an entry with another author",
      [live("UPDATE", row("b")), entry("~", row("b"), "bob")],
      { ...none, wrong: 1 },
    ],
  ])("%s", (_, changes, expected) => {
    expect(faultsOf(created, changes)).toEqual(expected);
  });
});

import { useDatabase } from "../../support/database";
import type { ScenarioVector } from "./format";
import { replayScenario } from "./replay";

const db = useDatabase("empty");

const COURSE = "6d595f0a-ca29-43b7-87d3-bde7b52094a2";
const START = "2024-01-01T00:00:00.000000Z";
/** So long after the start, as the original writes it. */
const after = (ms: number) => new Date(Date.parse(START) + ms).toISOString().replace("Z", "000Z");
const DAY = 86_400_000;

type Row = ScenarioVector["steps"][number]["state"]["entitlements"][number];
let worlds = 0;

/** A learner's entitlement, made at the start, and then a step; each world has ids of its own. */
function aScenario(
  step: (row: Row) => Omit<ScenarioVector["steps"][number], "historyAdded" | "state"> & {
    becomes?: Partial<Row>;
  },
): ScenarioVector {
  const uuid = `77d17945-8c3b-4362-be28-${String(++worlds).padStart(12, "0")}`;
  const row: Row = {
    entitlement: "e1",
    uuid,
    user: "u1",
    courseUuid: COURSE,
    mode: "verified",
    expiredAt: null,
    enrollment: null,
    orderNumber: "EDX-1",
    refundLocked: false,
    policy: null,
    created: START,
    modified: START,
  };
  const { becomes, ...taken } = step(row);
  const changed = { ...row, ...becomes };
  const state = (entitlement: Row) => ({ entitlements: [entitlement], enrollments: [], supportDetails: [] });
  const entry = (entitlement: Row, historyType: "+" | "~") => ({
    ...entitlement,
    historyType,
    historyUser: null,
  });
  return {
    id: `advance-${worlds}`,
    kind: "scenario",
    tags: [],
    world: {
      start: START,
      users: ["u1"],
      courses: { c1: COURSE },
      runs: [],
      catalog: {},
      fulfillable: {},
      policies: {},
      certificates: [],
    },
    steps: [
      {
        op: { ...row, op: "create", user: "u1", created: null },
        at: START,
        result: "e1",
        historyAdded: { entitlement: [entry(row, "+")], supportDetail: [] },
        state: state(row),
      },
      {
        ...taken,
        historyAdded: { entitlement: becomes ? [entry(changed, "~")] : [], supportDetail: [] },
        state: state(changed),
      },
    ],
  };
}

const answers = (days: number) => ({
  daysSinceCreated: days,
  daysUntilExpiration: 729 - days,
  isRegainable: false,
  isRefundable: days <= 60,
  isRedeemable: true,
});
const done = (ms: number, result: unknown = null) => ({ at: after(ms), result, rolledBack: false });

async function expectReplayed(vector: ScenarioVector): Promise<void> {
  const { failures, steps, differences } = await replayScenario(db, vector);
  expect(failures).toEqual([]);
  expect([...differences]).toEqual([]);
  expect(steps).toEqual({ compared: 2, total: 2 });
}

test.each(["none", "atomic"] as const)(
  "the clock is moved on its own (transaction: %s)",
  async (transaction) => {
    await expectReplayed(
      aScenario(() => ({
        op: { op: "advance", by: "3d", transaction },
        at: after(1_000),
        endedAt: after(1_000 + 3 * DAY),
        result: null,
      })),
    );
  },
);

test("a caller that raises after the clock is moved is recorded as the original's", async () => {
  await expectReplayed(
    aScenario(() => ({
      op: { op: "advance", by: "1s", transaction: "raise-after" },
      at: after(1_000),
      endedAt: after(2_000),
      error: "Crash",
    })),
  );
});

test.each([
  ["1ms", 1],
  ["1s", 1_000],
  ["1m", 60_000],
  ["1h", 3_600_000],
  ["91d", 91 * DAY],
])("within a group the clock moves by %s for the steps that follow", async (by, ms) => {
  const days = Math.floor((750 + ms) / DAY);
  await expectReplayed(
    aScenario(() => ({
      op: {
        op: "group",
        end: "commit",
        steps: [
          { op: "ask", entitlement: "e1" },
          { op: "advance", by },
          { op: "ask", entitlement: "e1" },
          { op: "save", entitlement: "e1", changes: { refundLocked: true } },
        ],
      },
      at: START,
      endedAt: after(1_000 + ms),
      result: [done(250, answers(0)), done(500), done(750 + ms, answers(days)), done(1_000 + ms)],
      becomes: { refundLocked: true, modified: after(1_000 + ms) },
    })),
  );
});

test.each([
  ["first", ["advance", "save"]],
  ["last", ["save", "advance"]],
  ["alone", ["advance"]],
  ["twice", ["advance", "advance"]],
])("in a group that raises, the clock is moved %s, and everything else is undone", async (_, names) => {
  const ops = {
    advance: { op: "advance", by: "2d" },
    save: { op: "save", entitlement: "e1", changes: { mode: "professional" } },
  };
  let now = 0;
  const result = names.map((name) => {
    now += 250;
    const outcome = done(now);
    if (name === "advance") now += 2 * DAY;
    return outcome;
  });
  await expectReplayed(
    aScenario(() => ({
      op: { op: "group", end: "raise", steps: names.map((name) => ops[name as keyof typeof ops]) },
      at: START,
      endedAt: after(now),
      result,
    })),
  );
});

import { DAY_MS, DEFAULT_PERIODS } from "../../src/rules/entitlement-rules";
import {
  newEntitlement,
  orderEffect,
  orderWarnings,
  uselessnessWarnings,
  type OrderedRun,
} from "../../src/rules/order-rules";
import { aMode, aRun, aSeat } from "./runs";
import { NOW } from "./standings";

const FREE = ["audit", "honor"];
const entitlement = newEntitlement("verified", DEFAULT_PERIODS, FREE, NOW);
const run = (key: string, overrides: Partial<OrderedRun> = {}): OrderedRun => ({
  ...aRun(),
  run: { key },
  enrollment: null,
  ...overrides,
});
const audited = (key: string) => run(key, { enrollment: aSeat({ mode: "audit" }) });

test("an order is redeemed at once for the only run that it upgrades", () => {
  const only = audited("a");
  expect(orderEffect(entitlement, [only, run("b")], NOW)).toEqual({ redeemed: only, upgradeable: [] });
});

test("where several runs could be upgraded, or none, nothing is redeemed", () => {
  const both = [audited("a"), audited("b")];
  expect(orderEffect(entitlement, both, NOW)).toEqual({ redeemed: null, upgradeable: both });
  expect(orderEffect(entitlement, [run("a")], NOW)).toEqual({ redeemed: null, upgradeable: [] });
});

const priced = (slug: string, minPrice: number) => run("a", { modes: [aMode({ slug, minPrice })] });
const besideFree = run("a", {
  modes: [aMode({ slug: "audit", minPrice: 0 }), ...priced("verified", 1).modes],
});

test.each([
  ["a course without runs", [], true, ["COURSE_UNKNOWN"]],
  ["a mode that is sold", [priced("verified", 1)], true, []],
  ["a mode that only one of its runs is sold in", [run("b", { modes: [] }), priced("verified", 1)], true, []],
  ["a mode that is sold beside another one", [besideFree], true, []],
  ["a mode that costs nothing", [priced("verified", 0)], true, ["MODE_NOT_OFFERED"]],
  ["another mode that is sold", [priced("professional", 1)], true, ["MODE_NOT_OFFERED"]],
  ["a learner who is not active", [priced("verified", 1)], false, ["LEARNER_INACTIVE"]],
  ["nothing but faults", [], false, ["COURSE_UNKNOWN", "LEARNER_INACTIVE"]],
])("a shop is warned of %s as it must be", (_, sessions, isActive, warnings) => {
  expect(uselessnessWarnings("verified", sessions, isActive)).toEqual(warnings);
});

const HELD = { isLearnerActive: true, isEntitled: false, enrollments: [] };
const SOLD = [priced("verified", 1)];
const seat = { isActive: true, mode: "verified", certificateStatus: null };

test.each([
  ["nothing", HELD, []],
  ["an entitlement", { ...HELD, isEntitled: true }, ["ALREADY_ENTITLED"]],
  ["a paid enrollment", { ...HELD, enrollments: [seat] }, ["ALREADY_ENROLLED"]],
  [
    "a paid enrollment beside a free one",
    { ...HELD, enrollments: [{ ...seat, mode: "audit" }, seat] },
    ["ALREADY_ENROLLED"],
  ],
  ["a free enrollment", { ...HELD, enrollments: [{ ...seat, mode: "honor" }] }, []],
  ["an enrollment that has ended", { ...HELD, enrollments: [{ ...seat, isActive: false }] }, []],
  [
    "a certificate",
    { ...HELD, enrollments: [{ ...seat, isActive: false, certificateStatus: "downloadable" }] },
    ["CERTIFICATE_EARNED"],
  ],
  [
    "a certificate beside none",
    {
      ...HELD,
      enrollments: [
        { ...seat, isActive: false },
        { ...seat, isActive: false, certificateStatus: "generating" },
      ],
    },
    ["CERTIFICATE_EARNED"],
  ],
])("before a sale to a learner who holds %s, a shop is warned as it must be", (_, holding, warnings) => {
  expect(orderWarnings(entitlement, SOLD, holding, NOW)).toEqual(warnings);
});

test("a shop is warned that an order is refused when its policy leaves no whole day to redeem it", () => {
  const warned = (expirationMs: number) =>
    orderWarnings(
      newEntitlement("verified", { ...DEFAULT_PERIODS, expirationMs }, FREE, NOW),
      SOLD,
      HELD,
      NOW,
    );
  expect(warned(DAY_MS - 1)).toEqual(["EXPIRATION_PERIOD_OVER"]);
  expect(warned(DAY_MS)).toEqual([]);
});

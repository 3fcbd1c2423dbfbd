import fc from "fast-check";
import {
  isModeDifferent,
  reconciliation,
  type HeldSeat,
  type ReconcileFacts,
} from "../../../src/rules/lms/reconcile-rules";

const DAY = (day: number) => new Date(Date.UTC(2026, 0, day));
const HOUR = 3_600_000;
const seat = (mode: string, isActive = true): HeldSeat => ({ mode, isActive });
const lmsSeat = (mode: string, isActive = true, createdAt: Date | null = DAY(20)) => ({
  mode,
  isActive,
  createdAt,
});
const linked = { id: "own", mode: "verified", isRefundPending: false };
const free = { id: "free", mode: "verified", createdAt: DAY(10) };
const NOTHING_KNOWN: ReconcileFacts = {
  lms: null,
  known: null,
  callState: null,
  linked: null,
  redeemable: [],
};

const RECORD = { kind: "RECORD" };
const WAIT = { kind: "WAIT" };
const CLEAR = { kind: "CLEAR", entitlementId: "own" };
const LINK = { kind: "LINK", entitlementId: "free" };

test.each<[string, Partial<ReconcileFacts>, object]>([
  ["nothing there and nothing here needs nothing but the record", {}, RECORD],
  [
    "a learner who was taken out of the run no longer redeems for it",
    { lms: lmsSeat("verified", false), known: seat("verified"), linked },
    CLEAR,
  ],
  ["so does one whose enrollment is gone", { known: seat("verified"), linked }, CLEAR],
  [
    "a link to an enrollment that was inactive already is cleared too",
    { lms: lmsSeat("verified", false), known: seat("verified", false), linked },
    CLEAR,
  ],
  [
    "a pending refund decides before the link is cleared",
    { known: seat("verified"), linked: { ...linked, isRefundPending: true } },
    WAIT,
  ],
  [
    "what is linked and active in its mode stays",
    { lms: lmsSeat("verified"), known: seat("verified"), linked },
    RECORD,
  ],
  [
    "what is linked stays in another mode, which is told",
    { lms: lmsSeat("audit"), known: seat("verified"), linked },
    { kind: "MODE_DIFFERS", entitlementId: "own" },
  ],
  [
    "a linked enrollment needs no second entitlement",
    { lms: lmsSeat("verified"), known: seat("audit"), linked, redeemable: [free] },
    RECORD,
  ],
  [
    "a new seat in the mode of an entitlement was redeemed by the LMS",
    { lms: lmsSeat("verified"), redeemable: [free] },
    LINK,
  ],
  [
    "so was a free enrollment that has changed to that mode",
    { lms: lmsSeat("verified", true, DAY(1)), known: seat("audit"), redeemable: [free] },
    LINK,
  ],
  [
    "so was one that the learner had left",
    { lms: lmsSeat("verified", true, DAY(1)), known: seat("verified", false), redeemable: [free] },
    LINK,
  ],
  [
    "a seat that was known in that mode is held by other means",
    { lms: lmsSeat("verified"), known: seat("verified"), redeemable: [free] },
    RECORD,
  ],
  [
    "so is an unknown seat that is older than the entitlement",
    { lms: lmsSeat("verified", true, DAY(9)), redeemable: [free] },
    RECORD,
  ],
  [
    "so is an unknown seat of unknown age",
    { lms: lmsSeat("verified", true, null), redeemable: [free] },
    RECORD,
  ],
  [
    "a seat that is an hour older may only seem to be older",
    { lms: lmsSeat("verified", true, new Date(free.createdAt.getTime() - HOUR)), redeemable: [free] },
    LINK,
  ],
  [
    "a seat that is more than an hour older is older",
    { lms: lmsSeat("verified", true, new Date(free.createdAt.getTime() - HOUR - 1)), redeemable: [free] },
    RECORD,
  ],
  ["a seat in another mode redeems nothing", { lms: lmsSeat("professional"), redeemable: [free] }, RECORD],
  [
    "the first entitlement of that mode is used",
    {
      lms: lmsSeat("verified"),
      redeemable: [{ ...free, id: "other", mode: "professional" }, free, { ...free, id: "last" }],
    },
    LINK,
  ],
])("%s", (_title, facts, expected) => {
  expect(reconciliation({ ...NOTHING_KNOWN, ...facts })).toEqual(expected);
});

const anyMode = fc.constantFrom("audit", "verified", "professional");
const anySeat = fc.record({ mode: anyMode, isActive: fc.boolean() });
const anyInstant = fc.integer({ min: 1, max: 28 }).map(DAY);
const anyFacts: fc.Arbitrary<ReconcileFacts> = fc.record({
  lms: fc.option(fc.record({ mode: anyMode, isActive: fc.boolean(), createdAt: fc.option(anyInstant) })),
  known: fc.option(anySeat),
  callState: fc.constantFrom(null, "REQUESTED", "IN_DOUBT", "DONE", "REFUSED", "NEEDS_REVIEW"),
  linked: fc.option(fc.record({ id: fc.constant("own"), mode: anyMode, isRefundPending: fc.boolean() })),
  redeemable: fc.array(
    fc.record({ id: fc.constantFrom("a", "b", "c"), mode: anyMode, createdAt: anyInstant }),
    { maxLength: 3 },
  ),
});

test("whatever the facts are, no link is made or ended without a reason", () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { lms, linked: own, redeemable, callState } = facts;
      const decided = reconciliation(facts);
      const isOpen = ["REQUESTED", "IN_DOUBT", "NEEDS_REVIEW"].includes(callState ?? "");
      if (isOpen) expect(decided).toEqual(WAIT);
      if (decided.kind === "CLEAR")
        expect([decided.entitlementId, lms?.isActive ?? false, own?.isRefundPending]).toEqual([
          own!.id,
          false,
          false,
        ]);
      if (decided.kind === "LINK") {
        expect([own, lms!.isActive]).toEqual([null, true]);
        expect(redeemable).toContainEqual(
          expect.objectContaining({ id: decided.entitlementId, mode: lms!.mode }),
        );
      }
      if (decided.kind === "MODE_DIFFERS") expect(own!.mode).not.toBe(lms!.mode);
    }),
    { numRuns: 2_000 },
  );
});

test("once it is done, the same answer of the LMS changes nothing more", () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const decided = reconciliation(facts);
      if (decided.kind === "WAIT") return;
      const { lms, linked: before } = facts;
      const known = lms ?? (facts.known && { ...facts.known, isActive: false });
      const used = facts.redeemable.find(({ id }) => decided.kind === "LINK" && id === decided.entitlementId);
      const own = used
        ? { id: used.id, mode: lms!.mode, isRefundPending: false }
        : decided.kind === "CLEAR"
          ? null
          : before;
      const redeemable = facts.redeemable.filter(({ id }) => id !== used?.id);
      const then = reconciliation({ ...facts, known, linked: own, redeemable });
      expect(["RECORD", "MODE_DIFFERS"]).toContain(then.kind);
    }),
    { numRuns: 2_000 },
  );
});

test("only an active enrollment in another mode differs", () => {
  expect(isModeDifferent("verified", null)).toBe(false);
  expect(isModeDifferent("verified", seat("audit", false))).toBe(false);
  expect(isModeDifferent("verified", seat("verified"))).toBe(false);
  expect(isModeDifferent("verified", seat("audit"))).toBe(true);
});

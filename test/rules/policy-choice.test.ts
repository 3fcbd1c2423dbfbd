import fc from "fast-check";
import { choosePolicy, policyMode, type PolicyScope } from "../../src/rules/policy-choice";

const policy = (siteId: string | null, mode: string | null): PolicyScope => ({ siteId, mode });
const SITE = "1";

describe("the policy of a new entitlement", () => {
  test.each([
    ["R9: without policies is none", [], "verified", null],
    ["R10: is none when only another mode has one", [policy(null, "professional")], "verified", null],
    ["R11: is the one for its mode", [policy(null, "professional")], "professional", 0],
    ["R12: is the one for its site", [policy(SITE, null)], "verified", 0],
    [
      "R13: is sooner its site's than its mode's",
      [policy(null, "verified"), policy(SITE, null)],
      "verified",
      1,
    ],
    [
      "R14: is the one for both before either",
      [policy(SITE, null), policy(null, "professional"), policy(SITE, "professional")],
      "professional",
      2,
    ],
    ["R15: knows one professional mode only", [policy(null, "professional")], "no-id-professional", 0],
    [
      "is the one for anything where nothing closer applies",
      [policy("2", "verified"), policy(null, null)],
      "verified",
      1,
    ],
    [
      "is sooner its mode's than the one for anything",
      [policy(null, null), policy(null, "verified")],
      "verified",
      1,
    ],
    ["is never another site's", [policy("2", "verified"), policy("2", null)], "verified", null],
    ["of a mode that policies do not know is one for any mode", [policy(null, null)], "masters", 0],
  ] as const)("%s", (_, policies, mode, chosen) => {
    expect(choosePolicy(policies, SITE, mode)).toBe(chosen === null ? null : policies[chosen]);
  });

  test("where no site is known, is one for any site", () => {
    const [own, any] = [policy(SITE, null), policy(null, null)];
    expect(choosePolicy([own], null, "verified")).toBeNull();
    expect(choosePolicy([own, any], null, "verified")).toBe(any);
  });

  test("of two alike, which cannot be stored, is the first", () => {
    const [first, second] = [policy(SITE, null), policy(SITE, null)];
    expect(choosePolicy([first, second], SITE, "verified")).toBe(first);
  });

  test("does not depend on the order in which policies are stored, and is the closest that applies", () => {
    const scope = fc.record({
      siteId: fc.constantFrom(null, SITE, "2"),
      mode: fc.constantFrom(null, "verified", "professional"),
    });
    // Two policies with the same scope cannot be stored.
    const policies = fc.uniqueArray(scope, { selector: ({ siteId, mode }) => `${siteId}/${mode}` });
    const shuffled = policies.chain((stored) =>
      fc.tuple(fc.constant(stored), fc.shuffledSubarray(stored, { minLength: stored.length })),
    );
    const mode = fc.constantFrom("verified", "professional", "no-id-professional", "masters");
    fc.assert(
      fc.property(shuffled, fc.constantFrom(null, SITE), mode, ([stored, other], siteId, mode) => {
        const wanted = policyMode(mode);
        const closest = [
          policy(siteId, wanted),
          policy(siteId, null),
          policy(null, wanted),
          policy(null, null),
        ]
          .map((scope) => stored.find((row) => row.siteId === scope.siteId && row.mode === scope.mode))
          .find((row) => row !== undefined);
        expect(choosePolicy(stored, siteId, mode)).toBe(closest ?? null);
        expect(choosePolicy(other, siteId, mode)).toBe(closest ?? null);
      }),
    );
  });
});

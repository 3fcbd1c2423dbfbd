import fc from "fast-check";
import { choosePolicy, policyMode, type PolicyScope } from "../../src/rules/policy-choice";

const policy = (siteId: string | null, mode: string | null): PolicyScope => ({ siteId, mode });
const SITE = "1";

describe("the policy of a new entitlement", () => {
  test.each([
    ["R9: is null without policies", [], "verified", null],
    [
      "R10: is null when the only policy is for another mode",
      [policy(null, "professional")],
      "verified",
      null,
    ],
    ["R11: is the policy for its mode", [policy(null, "professional")], "professional", 0],
    ["R12: is the policy for its site", [policy(SITE, null)], "verified", 0],
    [
      "R13: is the policy for its site rather than the one for its mode",
      [policy(null, "verified"), policy(SITE, null)],
      "verified",
      1,
    ],
    [
      "R14: is the policy for both rather than for one of them",
      [policy(SITE, null), policy(null, "professional"), policy(SITE, "professional")],
      "professional",
      2,
    ],
    ["R15: is the same for both professional modes", [policy(null, "professional")], "no-id-professional", 0],
    [
      "is the policy for any site and mode where no other applies",
      [policy("2", "verified"), policy(null, null)],
      "verified",
      1,
    ],
    [
      "is the policy for its mode rather than the one for any site and mode",
      [policy(null, null), policy(null, "verified")],
      "verified",
      1,
    ],
    ["is never the policy of another site", [policy("2", "verified"), policy("2", null)], "verified", null],
    ["is a policy for any mode when no policy can be for the mode", [policy(null, null)], "masters", 0],
  ] as const)("%s", (_, policies, mode, chosen) => {
    expect(choosePolicy(policies, SITE, mode)).toBe(chosen === null ? null : policies[chosen]);
  });

  test("is a policy for any site when the site is unknown", () => {
    const [own, any] = [policy(SITE, null), policy(null, null)];
    expect(choosePolicy([own], null, "verified")).toBeNull();
    expect(choosePolicy([own, any], null, "verified")).toBe(any);
  });

  test("is the first of two equal policies, which cannot be stored", () => {
    const [first, second] = [policy(SITE, null), policy(SITE, null)];
    expect(choosePolicy([first, second], SITE, "verified")).toBe(first);
  });

  test("is the most specific policy that applies, in whatever order policies are stored", () => {
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

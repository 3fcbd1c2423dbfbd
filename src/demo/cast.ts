import { DAY_MS } from "../rules/entitlement-rules";
import type { CourseEntitlementPolicy } from "../entities/course-entitlement-policy";
import type { Site } from "../entities/site";
import type { UserAccount } from "../entities/accounts/user-account";

/** The accounts of the demo world, by their usernames. */
export const USER_IDS = {
  ada: "1",
  grace: "2",
  hopper: "3",
  bob: "4",
  shop: "5",
  full_shelf: "6",
  empty_handed: "7",
  gone_away: "8",
} as const;
export type Username = keyof typeof USER_IDS;

const NAMES: Record<Username, string> = {
  ada: "Ada, a learner with an entitlement in every state",
  grace: "Grace, a support agent",
  hopper: "Hopper, a member of staff",
  bob: "Bob, another learner",
  shop: "The shop's service account",
  full_shelf: "A learner with more entitlements than a page shows",
  empty_handed: "A learner without any entitlement",
  gone_away: "A learner whose account is no longer active",
};

/** The accounts of the demo world. */
export const users: UserAccount[] = (Object.keys(USER_IDS) as Username[]).map((username) => ({
  id: USER_IDS[username],
  username,
  email: `${username}@demo.example`,
  name: NAMES[username],
  isActive: username !== "gone_away",
  seenAt: null,
  forgottenAt: null,
}));

/** The sites of the demo world. */
export const sites: Site[] = [
  { id: "1", domain: "demo.example", name: "DemoX" },
  { id: "2", domain: "partner.demo.example", name: "A partner of DemoX" },
];

/** The policies, by their names in the examples; `default` in an example means no policy. */
export const POLICY_IDS = {
  site: "b0000000-0000-4000-8000-000000000001",
  professional: "b0000000-0000-4000-8000-000000000002",
  short: "b0000000-0000-4000-8000-000000000003",
} as const;
export type PolicyName = keyof typeof POLICY_IDS;

const policy = (name: PolicyName, siteId: string, mode: string | null, days: [number, number, number]) => ({
  id: POLICY_IDS[name],
  siteId,
  mode,
  expirationMs: days[0] * DAY_MS,
  refundMs: days[1] * DAY_MS,
  regainMs: days[2] * DAY_MS,
  retiredAt: null,
});

/** The policies of the demo world. */
export const policies: CourseEntitlementPolicy[] = [
  policy("site", "1", null, [730, 60, 14]),
  policy("professional", "1", "professional", [365, 30, 7]),
  policy("short", "2", null, [30, 5, 2]),
];

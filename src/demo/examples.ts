import type { SupportAction } from "../entities/course-entitlement-support-detail";
import type { CourseEntitlement } from "../entities/course-entitlement";
import type { Refund } from "../entities/refund";
import type { PolicyName, Username } from "./cast";
import { RUN_KINDS, type RunKindName } from "./catalog";

/** An entitlement that shows one state. The title is the title of its course; all times are in days before now. */
export interface Example {
  title: string;
  /** The number of the course; by default the place of the row in the table. */
  course?: number;
  /** The learner; `ada` by default. */
  learner?: Username;
  /** When the entitlement was created, in days from now. */
  created: number;
  /** The course mode; `verified` by default. */
  mode?: string;
  /** The end of the order number after `EDX-<number>`; empty by default. Null stands for no order. */
  order?: `-${"DECLINED" | "TIMEOUT" | "SLOW" | "LATE" | "DUPLICATE"}` | null;
  isRefundLocked?: boolean;
  /** The policy; by default that of the site. `none` stands for the default periods. */
  policy?: PolicyName | "none";
  expired?: { ago: number; cause: CourseEntitlement["expiryCause"] };
  /** The enrollment for which the entitlement is redeemed. */
  spent?: { ago: number; run?: RunKindName | "vanished"; enrolled?: number | null };
  /** When the entitlement was redeemed for the open run, in days from now, where it has lost that run since. */
  left?: number;
  /** Whether its expiry is due and yet not stored, for everybody to see: background work leaves it as it is. */
  staysDue?: true;
  /** Another enrollment of the learner, for which the entitlement is not redeemed. */
  beside?: { ago: number; run: RunKindName; mode: string };
  /** The status of the learner's certificate in the run, if there is one. */
  certificate?: string;
  /** The actions of the support agent `grace`, the oldest first. */
  support?: [action: SupportAction, ago: number, comments: string][];
  /** The refund that was requested. */
  refund?: { ago: number; state: Refund["state"] };
  /** The runs of the course; `open` and `future` by default. */
  runs?: RunKindName[];
}

const everyRun = Object.keys(RUN_KINDS) as RunKindName[];

/** An example of every state of an entitlement. The ids depend on the order of the rows: append only. */
export const EXAMPLES: Example[] = [
  { title: "Available, every kind of run", created: 10, runs: everyRun },
  { title: "Redeemable until tomorrow", created: 729 },
  {
    title: "Fulfilled, can be changed",
    created: 20,
    spent: { ago: 3 },
    support: [["CREATE", 20, "The order came in by telephone."]],
  },
  {
    title: "Fulfilled, locked by a certificate",
    created: 25,
    spent: { ago: 5, run: "selfPaced" },
    runs: ["selfPaced"],
    certificate: "downloadable",
    staysDue: true,
  },
  { title: "Fulfilled, regain period over, expiry due", created: 50, spent: { ago: 25 }, staysDue: true },
  {
    title: "Fulfilled, certificate not earned, can be changed",
    created: 12,
    spent: { ago: 2 },
    certificate: "notpassing",
  },
  {
    title: "Fulfilled long ago, expired since",
    created: 700,
    spent: { ago: 690, run: "ended" },
    expired: { ago: 670, cause: "LAPSED" },
    runs: ["ended", "open"],
  },
  { title: "Expired, two years over", created: 800, expired: { ago: 69, cause: "LAPSED" } },
  { title: "Expired, expiry due but not yet stored", created: 740, staysDue: true },
  {
    title: "Expired by support",
    created: 100,
    expired: { ago: 4, cause: "SUPPORT" },
    support: [
      ["CREATE", 100, "A gift of the marketing department."],
      ["EXPIRE", 4, "The learner asked to close it."],
    ],
  },
  { title: "Expired, an import does not say why", created: 400, expired: { ago: 40, cause: null } },
  {
    title: "Refunded",
    created: 30,
    expired: { ago: 6, cause: "REFUNDED" },
    refund: { ago: 6, state: "SUCCEEDED" },
  },
  { title: "Revoked by the shop", created: 35, expired: { ago: 7, cause: "REVOKED" } },
  {
    title: "No order, granted by support",
    created: 15,
    order: null,
    support: [["CREATE", 15, "Compensation for the outage of the exam server."]],
  },
  {
    title: "Refund locked by a re-issue",
    created: 40,
    isRefundLocked: true,
    left: 30,
    support: [
      ["CREATE", 40, "The order had not arrived."],
      ["REISSUE", 9, "Enrolled in the wrong run; re-issued without the right to a refund."],
    ],
  },
  { title: "Refund period over", created: 90 },
  { title: "Fulfilled with a run in the future", created: 45, spent: { ago: 40, run: "future" } },
  { title: "Audit upgrade possible", created: 8, beside: { ago: 9, run: "open", mode: "audit" } },
  { title: "Two entitlements for one course", created: 55, spent: { ago: 4 } },
  {
    title: "Two entitlements for one course",
    course: 19,
    created: 5,
    support: [["CREATE", 5, "A second one, for the next run."]],
  },
  {
    title: "Professional mode",
    created: 10,
    mode: "professional",
    policy: "professional",
    runs: ["professional"],
  },
  {
    title: "Professional mode without identity check",
    created: 11,
    mode: "no-id-professional",
    policy: "professional",
    runs: ["noIdProfessional"],
  },
  { title: "Custom policy, 30 days", created: 28, policy: "short" },
  {
    title: "Custom policy, fulfilled and locked after two days",
    created: 9,
    spent: { ago: 5 },
    policy: "short",
    staysDue: true,
  },
  { title: "No policy, default periods", created: 18, policy: "none" },
  { title: "Fulfilled with a run that the catalog lost", created: 33, spent: { ago: 6, run: "vanished" } },
  { title: "Fulfilled by an enrollment without a date", created: 13, spent: { ago: 1, enrolled: null } },
  {
    title: "Fulfilled again by an old enrollment",
    created: 200,
    spent: { ago: 2, enrolled: 180, run: "selfPaced" },
    runs: ["selfPaced"],
  },
  { title: "A course that the catalog does not know", created: 22, runs: [] },
  { title: "Refund that the shop declines", created: 14, order: "-DECLINED", spent: { ago: 3 } },
  { title: "Refund that gets no answer", created: 16, order: "-TIMEOUT", spent: { ago: 3 } },
  { title: "Refund that takes a while", created: 17, order: "-SLOW", spent: { ago: 3 } },
  { title: "Refund that is answered too late", created: 19, order: "-LATE", spent: { ago: 3 } },
  { title: "Refund that the shop has made before", created: 21, order: "-DUPLICATE", spent: { ago: 3 } },
  {
    title: "Available, every kind of run",
    course: 1,
    learner: "bob",
    created: 7,
    beside: {
      ago: 6,
      run: "full",
      mode: "verified",
    },
  },
  { title: "Fulfilled, can be changed", course: 3, learner: "bob", created: 20, spent: { ago: 2 } },
  { title: "Fulfilled, can be changed", course: 3, learner: "gone_away", created: 300, spent: { ago: 290 } },
  ...Array.from({ length: 25 }, (_, place): Example => ({
    title: `One of many, number ${place + 1}`,
    learner: "full_shelf",
    created: 3 * place + 1,
  })),
  {
    title: "Refund that an agent has to decide",
    created: 24,
    spent: { ago: 5 },
    refund: { ago: 2, state: "NEEDS_REVIEW" },
  },
  {
    title: "Reissued after a refund",
    created: 26,
    left: 20,
    refund: { ago: 8, state: "SUCCEEDED" },
    support: [["REISSUE", 1, "The learner has paid again by other means."]],
  },
];

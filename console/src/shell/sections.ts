import type { IconName } from "../ui/icon";
import type { Word } from "../words/words";

/** A section of the console: a place in the side bar. */
interface Section {
  to: "/" | "/refunds" | "/calls" | "/bulk" | "/policies" | "/history" | "/me";
  word: Word;
  icon: IconName;
  /** What a reader must be permitted to ask for; without it the section is not shown. */
  needs: string;
  /** The other addresses that belong to it. */
  also?: RegExp;
  /** What waits there, of which the side bar tells the number. */
  waits?: "refunds" | "calls";
}

/** The sections in the order of the side bar. */
export const SECTIONS: readonly Section[] = [
  {
    to: "/",
    word: "section.find",
    icon: "learners",
    needs: "Query.search",
    also: /^\/(learners|courses|entitlements)\//,
  },
  { to: "/refunds", word: "section.refunds", icon: "refund", needs: "Query.refunds", waits: "refunds" },
  { to: "/calls", word: "section.calls", icon: "swap", needs: "Query.enrollmentCalls", waits: "calls" },
  { to: "/bulk", word: "section.bulk", icon: "stack", needs: "Mutation.revokeEntitlements" },
  {
    to: "/policies",
    word: "section.policies",
    icon: "rules",
    needs: "CourseEntitlementPolicy.entitlementCount",
  },
  { to: "/history", word: "section.history", icon: "clock", needs: "Query.history" },
  { to: "/me", word: "section.me", icon: "book", needs: "Query.viewer" },
];

import { createUnionType } from "type-graphql";
import { CourseView } from "./catalog";
import { CourseRunView } from "./course";
import { CourseEntitlementView } from "./entitlements/course-entitlement";
import { UserView } from "./user";

/** What a search finds; told by its class, as in every union. */
export const SearchResult = createUnionType({
  name: "SearchResult",
  description: "An object that a search has found.",
  types: () => [UserView, CourseEntitlementView, CourseView, CourseRunView] as const,
});

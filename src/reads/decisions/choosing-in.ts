import type { CourseEntitlement } from "../../entities/course-entitlement";
import type { Choosing } from "../../rules/session-rules";
import type { Database } from "../../store/statement";
import { enrollmentsById } from "../enrollments";
import type { EntitlementFacts } from "../entitlement-facts";
import { policiesById } from "../policies";
import { choosingOf, type DecisionTerms } from "./choosing";

/** An entitlement as the rules see it in another of its states, redeemed for the enrollment of that state, if it has one. */
export async function choosingIn(
  db: Database,
  facts: EntitlementFacts,
  state: Partial<CourseEntitlement>,
  terms: DecisionTerms,
): Promise<Choosing> {
  const [enrollment = null] = state.enrollmentId ? await enrollmentsById(db, [state.enrollmentId]) : [];
  const [policy = null] = state.policyId ? await policiesById(db, [state.policyId]) : [];
  const active = enrollment && { ...enrollment, isActive: true };
  return choosingOf({ ...facts, ...state, enrollment: active, policy }, terms);
}

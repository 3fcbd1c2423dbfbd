import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { coursesById, runsByKey } from "../../reads/finding/courses";
import { policiesById } from "../../reads/policies";
import type { FieldKind } from "../../store/rows/fields";
import { maySee, type Context } from "../context";
import { CourseView, toCourse } from "./catalog";
import { CourseRunView, toCourseRun } from "./course";
import { entitlementOf } from "./entitlements/entitlement-of.resolver";
import { toPolicyView } from "./policies/course-entitlement-policy";
import { enrollmentOf } from "./entitlements/enrollment-of";
import { ChangedReference, FieldChangeView } from "./history-entry";
import { users, UserView } from "./user";

@Resolver(() => FieldChangeView)
export class FieldChangeResolver {
  @FieldResolver(() => ChangedReference, {
    nullable: true,
    description:
      "The object to which the field referred before the change; null when there was none, when it no longer exists, or when the caller may not see it.",
  })
  fromReference(
    @Root() { kind, from }: FieldChangeView,
    @Ctx() context: Context,
  ): Promise<typeof ChangedReference | null> {
    return referenceOf(context, kind, from);
  }

  @FieldResolver(() => ChangedReference, {
    nullable: true,
    description:
      "The object to which the field refers after the change; null when there is none, when it no longer exists, or when the caller may not see it.",
  })
  toReference(
    @Root() { kind, to }: FieldChangeView,
    @Ctx() context: Context,
  ): Promise<typeof ChangedReference | null> {
    return referenceOf(context, kind, to);
  }
}

async function referenceOf(
  context: Context,
  kind: FieldKind,
  id: unknown,
): Promise<typeof ChangedReference | null> {
  const { app, loaders } = context;
  if (typeof id !== "string") return null;
  if (kind === "user") {
    const user = await users(context).load(id);
    const mayBeSeen = user && maySee(context, { userId: user.id, username: user.username });
    return mayBeSeen ? Object.assign(new UserView(), user) : null;
  }
  if (kind === "enrollment") return enrollmentOf(context, id);
  if (kind === "entitlement") return entitlementOf(context, id);
  if (kind === "course") {
    const course = await loaders.named("courses", (ids) => coursesById(app.db, ids)).load(id);
    return course && Object.assign(new CourseView(), toCourse(course.courseUuid, course.runs));
  }
  if (kind === "run") {
    const run = await loaders.named("runs", (keys) => runsByKey(app.db, keys)).load(id);
    return run && Object.assign(new CourseRunView(), toCourseRun(id, run));
  }
  if (kind !== "policy") return null;
  const policy = await loaders.named("policies", (ids) => policiesById(app.db, ids)).load(id);
  return policy && toPolicyView(policy, app.config.defaultPeriods);
}

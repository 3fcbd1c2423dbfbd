import { enrollmentsAsOf } from "../../../reads/as-of";
import { enrollmentsById } from "../../../reads/enrollments";
import type { Context } from "../../context";
import { toEnrollmentView, type CourseEnrollmentView } from "../course-enrollment";

/** The enrollment with this id, now or at an instant, or null: one statement for all that a request asks for. */
export async function enrollmentOf(
  { app, loaders }: Context,
  id: string,
  asOf: Date | null = null,
): Promise<CourseEnrollmentView | null> {
  const loader = loaders.named(`enrollments:${asOf?.getTime() ?? ""}`, (ids) =>
    asOf ? enrollmentsAsOf(app.db, ids, asOf) : enrollmentsById(app.db, ids),
  );
  const enrollment = await loader.load(id);
  return enrollment && toEnrollmentView(enrollment, asOf);
}

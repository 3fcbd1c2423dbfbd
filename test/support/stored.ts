import type { App } from "../../src/app";
import { CourseEnrollment } from "../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { CourseEntitlementSupportDetail } from "../../src/entities/course-entitlement-support-detail";
import { Refusal, type RefusalCode } from "../../src/refusal";
import { checksumOf } from "./checksum";

/** An entitlement as it is stored. */
export function stored(app: App, id: string): Promise<CourseEntitlement> {
  return app.db.manager.findOneByOrFail(CourseEntitlement, { id });
}

/** A learner's enrollment in a run, by default Ada's; null when there is none. */
export function enrollmentIn(app: App, courseRunKey: string, userId = "1"): Promise<CourseEnrollment | null> {
  return app.db.manager.findOneBy(CourseEnrollment, { courseRunKey, userId });
}

/** The support details of an entitlement, oldest first. */
export function supportDetails(app: App, entitlementId: string): Promise<CourseEntitlementSupportDetail[]> {
  return app.db.manager.find(CourseEntitlementSupportDetail, {
    where: { entitlementId },
    order: { createdAt: "ASC" },
  });
}

/** An entry of an entitlement's history. */
export interface HistoryRow {
  history_id: string;
  history_type: string;
  history_change_reason: string;
  history_user_label: string;
  history_source: string;
  history_request_id: string | null;
  enrollment_id: string | null;
  refund_locked: boolean;
}

/** The history of an entitlement, oldest first. */
export function historyOf(app: App, id: string): Promise<HistoryRow[]> {
  return app.db.query("select * from historical_course_entitlement where id = $1 order by history_id", [id]);
}

/**
 * Expects a command to be refused with this code, a message which says that nothing has changed, and unchanged tables.
 */
export async function expectRefusal(
  app: App,
  command: () => Promise<unknown>,
  code: RefusalCode,
  details: { field?: string; blocker?: string } = {},
): Promise<Refusal> {
  const before = await checksumOf(app.db);
  const refusal = await command().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ code, message: expect.stringMatching(/\. Nothing has changed\.$/) });
  expect(refusal).toMatchObject({ details });
  expect(await checksumOf(app.db)).toEqual(before);
  return refusal as Refusal;
}

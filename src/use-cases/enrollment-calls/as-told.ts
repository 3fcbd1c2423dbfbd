import type { CourseEnrollment } from "../../entities/course-enrollment";
import type { LmsEnrollment } from "../../gateways/open-edx/enrollment-gateway";

/** What is stored of an enrollment that the LMS has told; what it does not tell stays. Null stands for no enrollment. */
export function asTold(
  told: LmsEnrollment | null,
  seenAt: Date | null,
): Partial<Pick<CourseEnrollment, "isActive" | "mode" | "createdAt" | "seenAt">> {
  return {
    isActive: told?.isActive ?? false,
    ...(seenAt && { seenAt }),
    ...(told && { mode: told.mode }),
    ...(told?.createdAt && { createdAt: told.createdAt }),
  };
}

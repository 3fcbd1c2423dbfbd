import type { CatalogRun } from "../../../src/gateways/open-edx/catalog-gateway";

/** An account of the LMS, with the personal data that the real one tells too. */
export interface FakeUser {
  /** The LMS user id: a whole number. */
  id: string;
  username: string;
  email: string;
  name: string;
  isActive: boolean;
  /** Whether the account is global staff. */
  isStaff: boolean;
}

/** A run, for the LMS and for the catalog. */
export interface FakeRun extends CatalogRun {
  /** How many active enrollments there may be; null when there is no limit. */
  maxEnrollments: number | null;
  isInviteOnly: boolean;
  /** Whether the catalog tells the run only to those who ask for hidden runs. */
  isHidden: boolean;
  /** Whether the catalog tells the run only to those who ask for retired types. */
  isRetired: boolean;
  /** The plug-in that enrolls nobody: a filter of the API's view, or one of every enrollment; null for none. */
  preventedBy: "viewFilter" | "enrollmentFilter" | null;
}

/** An enrollment of the LMS. */
export interface FakeEnrollment {
  /** Counts up; the API never tells it. */
  id: number;
  username: string;
  courseRunKey: string;
  mode: string;
  isActive: boolean;
  createdAt: Date | null;
}

/** A certificate of the LMS. */
export interface FakeCertificate {
  username: string;
  courseRunKey: string;
  status: string;
  /** The mode for which it was made. */
  mode: string;
  createdAt: Date;
  /** Whether the run can show certificates; without that, the API does not tell the status. */
  isConfigured: boolean;
}

/** An entitlement that the LMS itself holds, as its API shows it. */
export interface FakeEntitlement {
  user: string;
  uuid: string;
  [key: string]: unknown;
}

/** A refund of one of the shops. */
export interface FakeRefund {
  shop: "coordinator" | "webhook";
  /** The idempotency key of the request that caused it. */
  key: string | null;
  entitlementId: string;
  orderNumber: string;
  username: string;
  at: Date;
}

/** The mode of an enrollment and whether it is active. */
export type Standing = Pick<FakeEnrollment, "mode" | "isActive">;

/** A change of an enrollment, one of possibly several that a request has made. */
export interface EnrollmentChange {
  at: Date;
  /** `api` for a request to us, `outside` for a second writer, such as the dashboard of the LMS. */
  by: "api" | "outside";
  username: string;
  courseRunKey: string;
  /** Null where there was no enrollment. */
  from: Standing | null;
  to: Standing;
}

/** All that an installation holds. Tests may read and change everything. */
export interface World {
  /** By the username in lower case: MySQL finds them in any case. */
  users: Map<string, FakeUser>;
  runs: Map<string, FakeRun>;
  /** By `enrollmentId`. */
  enrollments: Map<string, FakeEnrollment>;
  /** By `enrollmentId`. */
  certificates: Map<string, FakeCertificate>;
  /** The entitlements of the LMS itself, in any order; none unless they are put there. */
  entitlements: FakeEntitlement[];
  /** In their order. */
  changes: EnrollmentChange[];
  /** In their order. */
  refunds: FakeRefund[];
  clock: () => Date;
  /** Is told of a change before it is made, as events of the LMS are sent before it commits. */
  announce?: (change: EnrollmentChange) => void;
}

/** A learner and a run as one text. */
export const enrollmentId = (username: string, courseRunKey: string) =>
  `${username.toLowerCase()} ${courseRunKey}`;

/** Brings an enrollment into a state, and records the change if it is one. */
export function setEnrollment(
  world: World,
  { username, courseRunKey }: Pick<FakeEnrollment, "username" | "courseRunKey">,
  to: Standing,
  by: EnrollmentChange["by"],
): FakeEnrollment {
  const known = world.enrollments.get(enrollmentId(username, courseRunKey));
  if (known?.mode === to.mode && known.isActive === to.isActive) return known;
  const from = known ? { mode: known.mode, isActive: known.isActive } : null;
  const change = { at: world.clock(), by, username, courseRunKey, from, to };
  world.announce?.(change);
  const enrollment = Object.assign(
    known ?? { id: world.enrollments.size + 1, username, courseRunKey, createdAt: world.clock() },
    to,
  );
  world.enrollments.set(enrollmentId(username, courseRunKey), enrollment);
  world.changes.push(change);
  return enrollment;
}

/** The changes by requests that took a paid mode from an active enrollment or turned it into a free one. */
export function downgrades({ changes, runs }: World): EnrollmentChange[] {
  const isPaid = (key: string, mode: string) =>
    runs.get(key)?.modes.some(({ slug, minPrice }) => slug === mode && minPrice > 0) ?? false;
  return changes.filter(
    ({ by, courseRunKey, from, to }) =>
      by === "api" && from && isPaid(courseRunKey, from.mode) && !isPaid(courseRunKey, to.mode),
  );
}

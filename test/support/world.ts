import { randomUUID } from "node:crypto";
import type { DeepPartial, EntityTarget, ObjectLiteral } from "typeorm";
import type { App } from "../../src/app";
import type { Actor } from "../../src/auth/actor";
import { sites, users } from "../../src/demo/cast";
import { Certificate } from "../../src/entities/certificate";
import { CourseEnrollment } from "../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../src/entities/course-entitlement-policy";
import { CourseMode } from "../../src/entities/course-mode";
import { CourseRun } from "../../src/entities/course-run";
import { EnrollmentCall } from "../../src/entities/enrollment-call";
import { Site } from "../../src/entities/site";
import { UserAccount } from "../../src/entities/accounts/user-account";
import { DAY_MS } from "../../src/rules/entitlement-rules";
import { transact, type Change } from "../../src/store/transact";
import type { Call } from "../../src/use-cases/command";
import { appOn } from "./app";
import { useWorkerDatabase } from "./database";
import { actor } from "./demo-app";

/** The present instant of these tests. */
export const NOW = new Date("2026-06-15T12:00:00.000Z");
/** The instant a number of days before now; negative numbers lie in the future. */
export const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

export const ada = actor("ada");
export const bob = actor("bob");
export const grace = actor("grace", { isSupport: true });
export const auditor = actor("empty_handed", { isAuditor: true });
export const hopper = actor("hopper", { isStaff: true });
export const shop = actor("shop", { isService: true });

const CHANGE: Change = {
  userId: null,
  userLabel: "system",
  reason: "test",
  source: "IMPORT",
  requestId: null,
};

/** The product with the accounts and sites of the demo world, and nothing else, on the database of the jest worker. */
export function useApp(): App {
  const app = appOn(useWorkerDatabase(), { SITE_DOMAIN: "demo.example" }, () => NOW);
  beforeAll(async () => {
    await put(app, UserAccount, ...users);
    await put(app, Site, ...sites);
  });
  return app;
}

/** A request of an actor at an instant. */
export function by(asking: Actor, app: App, now = app.clock()): Call {
  return { app, actor: asking, now, requestId: "test-request" };
}

/** Stores rows like an import; a missing value has the default of its column. */
export async function put<T extends ObjectLiteral>(
  app: App,
  entity: EntityTarget<T>,
  ...rows: DeepPartial<T>[]
): Promise<T[]> {
  return transact(app.db, CHANGE, (tx) => tx.save(entity, rows));
}

/** A course without runs. */
export const aCourse = () => randomUUID();

/** A run of a course that began today and is sold as verified, apart from the overrides; returns its key. */
export async function aRun(
  app: App,
  courseUuid: string,
  { modes = ["verified"], ...given }: Partial<CourseRun> & { modes?: (string | Partial<CourseMode>)[] } = {},
): Promise<string> {
  const run = {
    key: `course-v1:DemoX+${courseUuid.slice(0, 8)}+${randomUUID().slice(0, 8)}`,
    courseUuid,
    title: "A course",
    org: "DemoX",
    number: "101",
    startsAt: NOW,
    ...given,
  };
  await put(app, CourseRun, run);
  await put(app, CourseMode, ...["audit", ...modes].map((mode) => aMode(run.key, mode)));
  return run.key;
}

function aMode(courseRunKey: string, mode: string | Partial<CourseMode>): CourseMode {
  const given = typeof mode === "string" ? { slug: mode } : mode;
  const minPrice = given.slug === "audit" ? 0 : 49;
  return { courseRunKey, slug: "verified", currency: "usd", minPrice, expiresAt: null, sku: null, ...given };
}

/** Ada's active audit enrollment in a run, made today, apart from the overrides; returns its id. */
export async function anEnrollment(
  app: App,
  courseRunKey: string,
  given: Partial<CourseEnrollment> = {},
): Promise<string> {
  const enrollment = {
    id: randomUUID(),
    userId: ada.userId!,
    courseRunKey,
    createdAt: NOW,
    ...given,
  };
  await put(app, CourseEnrollment, enrollment);
  return enrollment.id;
}

/** A call to end a verified enrollment that waits for an agent, apart from the overrides, and is not stored. */
export function aCall(given: Pick<EnrollmentCall, "id"> & Partial<EnrollmentCall>): EnrollmentCall {
  return {
    mode: null,
    changeableModes: ["verified"],
    mayEnroll: false,
    entitlementId: null,
    state: "NEEDS_REVIEW",
    attempt: 300,
    unsentTo: 0,
    nextAttemptAt: null,
    quietAt: null,
    detail: "HTTP_503",
    retriedAt: null,
    createdAt: NOW,
    modifiedAt: NOW,
    ...given,
  };
}

/**
 * Ada's new verified entitlement of an order, which is not redeemed, apart from the overrides; returns its id. With a
 * `run`, it was redeemed for that run when it was created.
 */
export async function anEntitlement(
  app: App,
  { run, ...given }: Partial<CourseEntitlement> & { run?: string } = {},
): Promise<string> {
  const row = {
    id: randomUUID(),
    userId: ada.userId!,
    courseUuid: aCourse(),
    mode: "verified",
    orderNumber: `EDX-${randomUUID()}`,
    createdAt: NOW,
    modifiedAt: given.createdAt ?? NOW,
    ...given,
  };
  if (run) {
    const { userId, mode, createdAt } = row;
    row.enrollmentId ??= await anEnrollment(app, run, { userId, mode, createdAt });
    row.redeemedAt ??= createdAt;
  }
  await put(app, CourseEntitlement, row);
  return row.id;
}

/** Ada's entitlement that waits for the LMS to enroll her in a run, apart from the overrides; returns its id. */
export async function aWaitingEntitlement(app: App, given: Partial<CourseEntitlement> = {}): Promise<string> {
  const courseUuid = aCourse();
  const id = await anEnrollment(app, await aRun(app, courseUuid), { isActive: false });
  const entitlementId = await anEntitlement(app, { courseUuid, pendingEnrollmentId: id, ...given });
  const asked = { state: "IN_DOUBT", mode: "verified", nextAttemptAt: ago(-1) } as const;
  await put(app, EnrollmentCall, aCall({ id, entitlementId, mayEnroll: true, ...asked }));
  return entitlementId;
}

/** A certificate of Ada's for a run. */
export async function aCertificate(app: App, courseRunKey: string, status = "downloadable"): Promise<void> {
  await put(app, Certificate, { userId: ada.userId!, courseRunKey, status });
}

/** A policy for any site and mode with the default periods, apart from the overrides; returns its id. */
export async function aPolicy(app: App, given: Partial<CourseEntitlementPolicy> = {}): Promise<string> {
  const policy = { id: randomUUID(), ...given };
  await put(app, CourseEntitlementPolicy, policy);
  return policy.id;
}

/** Removes all policies, with the entitlements that have them. */
export async function removePolicies(app: App): Promise<void> {
  await app.db.query("delete from course_entitlement");
  await app.db.query("delete from course_entitlement_policy");
}

import type { EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import type { App } from "../app";
import { Certificate } from "../entities/certificate";
import { CourseEnrollment } from "../entities/course-enrollment";
import { CourseEntitlement } from "../entities/course-entitlement";
import { CourseEntitlementPolicy } from "../entities/course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "../entities/course-entitlement-support-detail";
import { CourseMode } from "../entities/course-mode";
import { CourseRun } from "../entities/course-run";
import { Refund } from "../entities/refund";
import { Site } from "../entities/site";
import { UserAccount } from "../entities/accounts/user-account";
import { transact, type Change } from "../store/transact";
import { policies, POLICY_IDS, sites, USER_IDS, users } from "./cast";
import { courseUuid, daysFrom, demoModes, demoRun, runKey } from "./catalog";
import { EXAMPLES, type Example } from "./examples";

const CHANGE: Change = {
  userId: null,
  userLabel: "system",
  reason: "fillDemoWorld",
  source: "IMPORT",
  requestId: null,
};

/**
 * Fills an empty database with a small world in which every state of an entitlement occurs; otherwise does nothing.
 * Two at once are the caller's to prevent: only the first start of a server fills it, one at a time.
 */
export function fillDemoWorld(app: App): Promise<void> {
  return transact(app.db, CHANGE, async (tx) => {
    if (await tx.exists(UserAccount)) return;
    await saveCatalog(tx, app.clock());
    await saveEntitlements(tx, app.clock());
  });
}

async function saveCatalog(tx: EntityManager, now: Date): Promise<void> {
  const courses = numbered().filter(({ number, course = number }) => course === number);
  const runs = courses.flatMap(({ number, title, runs = ["open", "future"] }) =>
    runs.map((kind) => ({ number, title, kind }) as const),
  );
  await save(tx, UserAccount, users);
  await save(tx, Site, sites);
  await save(tx, CourseEntitlementPolicy, policies);
  await save(
    tx,
    CourseRun,
    runs.map(({ number, title, kind }) => demoRun(number, title, kind, now)),
  );
  await save(
    tx,
    CourseMode,
    runs.flatMap(({ number, kind }) => demoModes(number, kind, now)),
  );
}

async function saveEntitlements(tx: EntityManager, now: Date): Promise<void> {
  const examples = numbered();
  await save(
    tx,
    CourseEnrollment,
    examples.flatMap((example) => enrollmentsOf(example, now)),
  );
  await save(tx, Certificate, examples.flatMap(certificatesOf));
  await save(
    tx,
    CourseEntitlement,
    examples.map((example) => entitlementOf(example, now)),
  );
  await save(
    tx,
    CourseEntitlementSupportDetail,
    examples.flatMap((example) => supportOf(example, now)),
  );
  await save(
    tx,
    Refund,
    examples.flatMap((example) => refundsOf(example, now)),
  );
}

type Numbered = Example & { number: number };

const numbered = (): Numbered[] =>
  EXAMPLES.map((example, place) => Object.assign({ number: place + 1 }, example));
const idOf = (kind: string, number: number) =>
  `${kind}0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const ago = (now: Date, days: number) => daysFrom(now, -days);
const learnerOf = ({ learner = "ada" }: Example) => USER_IDS[learner];

function save<T extends ObjectLiteral>(tx: EntityManager, entity: EntityTarget<T>, rows: T[]): Promise<T[]> {
  return tx.save(entity, rows, { chunk: 500 });
}

function enrollmentsOf(example: Numbered, now: Date): CourseEnrollment[] {
  const { number, course = number, spent, beside, mode = "verified" } = example;
  const enrolled = spent
    ? { run: spent.run ?? "open", mode, ago: spent.enrolled === undefined ? spent.ago : spent.enrolled }
    : beside;
  if (!enrolled) return [];
  return [
    {
      id: idOf("a", number),
      userId: learnerOf(example),
      courseRunKey: runKey(course, enrolled.run),
      mode: enrolled.mode,
      isActive: true,
      createdAt: enrolled.ago === null ? null : ago(now, enrolled.ago),
    },
  ];
}

function certificatesOf(example: Numbered): Certificate[] {
  const { number, course = number, certificate, spent } = example;
  if (!certificate || !spent) return [];
  const courseRunKey = runKey(course, spent.run ?? "open");
  return [{ userId: learnerOf(example), courseRunKey, status: certificate }];
}

function entitlementOf(example: Numbered, now: Date): CourseEntitlement {
  const { number, course = number, mode = "verified", order = "", policy = "site" } = example;
  const { created, expired, spent, isRefundLocked = false, support = [] } = example;
  const touched = [created, expired?.ago, spent?.ago, ...support.map(([, days]) => days)];
  return {
    id: idOf("e", number),
    userId: learnerOf(example),
    courseUuid: courseUuid(course),
    mode,
    orderNumber: order === null ? null : `EDX-${1000 + number}${order}`,
    refundLocked: isRefundLocked,
    expiredAt: expired ? ago(now, expired.ago) : null,
    expiryCause: expired?.cause ?? null,
    redeemedAt: spent ? ago(now, spent.ago) : null,
    renewedAt: null,
    createdAt: ago(now, created),
    modifiedAt: ago(now, Math.min(...touched.filter((days) => days !== undefined))),
    policyId: policy === "none" ? null : POLICY_IDS[policy],
    enrollmentId: spent ? idOf("a", number) : null,
  };
}

function supportOf(
  { number, course = number, support = [] }: Numbered,
  now: Date,
): CourseEntitlementSupportDetail[] {
  return support.map(([action, days, comments], place) => ({
    id: idOf("d", 10 * number + place),
    entitlementId: idOf("e", number),
    supportUserId: USER_IDS.grace,
    action,
    comments,
    unenrolledRunKey: action === "REISSUE" ? runKey(course, "open") : null,
    createdAt: ago(now, days),
    modifiedAt: ago(now, days),
  }));
}

function refundsOf(example: Numbered, now: Date): Refund[] {
  const { number, refund } = example;
  if (!refund) return [];
  const isDone = refund.state === "SUCCEEDED";
  return [
    {
      id: idOf("f", number),
      entitlementId: idOf("e", number),
      orderNumber: entitlementOf(example, now).orderNumber!,
      state: refund.state,
      attempt: isDone ? 1 : 2,
      nextAttemptAt: null,
      answer: isDone ? "ACCEPTED" : "REFUSED",
      detail: isDone ? null : "LINE_ALREADY_REFUNDED",
      shopReferences: isDone ? [`RF-${number}`] : [],
      createdAt: ago(now, refund.ago),
      modifiedAt: ago(now, refund.ago),
    },
  ];
}

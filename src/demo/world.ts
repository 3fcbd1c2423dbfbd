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
import { policies, sites, users } from "./cast";
import { lmsStory } from "./lms-story";
import { demoOpenEdx, type DemoOpenEdx } from "./open-edx";
import { present, tellPast, type Moment } from "./past";
import { policyStory, refundStory } from "./side-stories";
import { entitlementStory, idOf, numbered, supportStory } from "./story";

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
    const now = app.clock();
    const openEdx = demoOpenEdx(now);
    await tellPast(tx, [...entitlementPast(now), ...lmsStory(openEdx, now)]);
    await saveCatalog(tx, openEdx);
    await saveEntitlements(tx, openEdx, now);
  });
}

async function saveCatalog(tx: EntityManager, { runs, modes }: DemoOpenEdx): Promise<void> {
  await save(tx, UserAccount, users);
  await save(tx, Site, sites);
  await save(tx, CourseRun, runs);
  await save(tx, CourseMode, modes);
}

/** How the entitlements, and what belongs to them, came to be. */
function entitlementPast(now: Date): Moment[] {
  const { entitlements, details, refunds } = storiesOf(now);
  return [...policyStory(now), ...entitlements, ...details, ...refunds];
}

function storiesOf(now: Date) {
  const examples = numbered();
  return {
    entitlements: examples.flatMap((example) => entitlementStory(example, now)),
    details: examples.flatMap((example) => supportStory(example, now)),
    refunds: examples.flatMap((example) => refundStory(example, now)),
  };
}

async function saveEntitlements(
  tx: EntityManager,
  { enrollments, certificates }: DemoOpenEdx,
  now: Date,
): Promise<void> {
  const { entitlements, details, refunds } = storiesOf(now);
  await save(tx, CourseEntitlementPolicy, policies);
  await save(tx, CourseEnrollment, enrollments);
  await save(tx, Certificate, certificates);
  await save(tx, CourseEntitlement, present(entitlements));
  await save(tx, CourseEntitlementSupportDetail, present(details));
  await save(tx, Refund, present(refunds));
  await saveLedger(tx, present(refunds));
}

/** What the embedded shop would remember of the refunds that have succeeded. */
async function saveLedger(tx: EntityManager, refunds: readonly Refund[]): Promise<void> {
  for (const { id, entitlementId, orderNumber, shopReferences } of refunds)
    if (shopReferences.length > 0)
      await tx.query(
        "insert into embedded_shop_refund (key, entitlement_id, order_number, reference) values ($1, $2, $3, $4)",
        [id, entitlementId, orderNumber, shopReferences[0]],
      );
}

/** The ids of the examples whose expiry is due for everybody to see, so that nobody should store it. */
export const SHOWN_DUE: ReadonlySet<string> = new Set(
  numbered().flatMap(({ number, staysDue }) => (staysDue ? idOf("e", number) : [])),
);

function save<T extends ObjectLiteral>(tx: EntityManager, entity: EntityTarget<T>, rows: T[]): Promise<T[]> {
  return tx.save(entity, rows, { chunk: 500 });
}

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
import { demoModes, demoRun, runKey } from "./catalog";
import { EXAMPLES } from "./examples";
import { present, tellPast } from "./past";
import { policyStory, refundStory } from "./side-stories";
import { ago, entitlementStory, idOf, learnerOf, supportStory, type Numbered } from "./story";

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
  const entitlements = examples.flatMap((example) => entitlementStory(example, now));
  const details = examples.flatMap((example) => supportStory(example, now));
  const refunds = examples.flatMap((example) => refundStory(example, now));
  await tellPast(tx, [...policyStory(now), ...entitlements, ...details, ...refunds]);
  await save(tx, CourseEntitlementPolicy, policies);
  await save(
    tx,
    CourseEnrollment,
    examples.flatMap((example) => enrollmentsOf(example, now)),
  );
  await save(tx, Certificate, examples.flatMap(certificatesOf));
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

const numbered = (): Numbered[] =>
  EXAMPLES.map((example, place) => Object.assign({ number: place + 1 }, example));

/** The ids of the examples whose expiry is due for everybody to see, so that nobody should store it. */
export const SHOWN_DUE: ReadonlySet<string> = new Set(
  numbered().flatMap(({ number, staysDue }) => (staysDue ? idOf("e", number) : [])),
);

function save<T extends ObjectLiteral>(tx: EntityManager, entity: EntityTarget<T>, rows: T[]): Promise<T[]> {
  return tx.save(entity, rows, { chunk: 500 });
}

function enrollmentsOf(example: Numbered, now: Date): CourseEnrollment[] {
  const { number, course = number, spent, left, beside, mode = "verified" } = example;
  const enrolled = spent
    ? { run: spent.run ?? "open", mode, ago: spent.enrolled === undefined ? spent.ago : spent.enrolled }
    : (beside ?? (left === undefined ? undefined : { run: "open", mode, ago: left }));
  if (!enrolled) return [];
  return [
    {
      id: idOf("a", number),
      userId: learnerOf(example),
      courseRunKey: runKey(course, enrolled.run),
      mode: enrolled.mode,
      isActive: left === undefined,
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

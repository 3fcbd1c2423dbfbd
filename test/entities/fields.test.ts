import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLObjectType } from "graphql";
import { Certificate, CERTIFICATE_FIELDS } from "../../src/entities/certificate";
import { CourseEnrollment, COURSE_ENROLLMENT_FIELDS } from "../../src/entities/course-enrollment";
import { CourseEntitlement, COURSE_ENTITLEMENT_FIELDS } from "../../src/entities/course-entitlement";
import {
  CourseEntitlementPolicy,
  COURSE_ENTITLEMENT_POLICY_FIELDS,
} from "../../src/entities/course-entitlement-policy";
import {
  CourseEntitlementSupportDetail,
  SUPPORT_DETAIL_FIELDS,
} from "../../src/entities/course-entitlement-support-detail";
import { CourseRun, COURSE_RUN_FIELDS } from "../../src/entities/course-run";
import { Refund, REFUND_FIELDS } from "../../src/entities/refund";
import { HISTORY_ERASURE_FIELDS, HistoryErasure } from "../../src/entities/accounts/history-erasure";
import { SUPPORT_AGENT_FIELDS, SupportAgent } from "../../src/entities/accounts/support-agent";
import { Webhook, WEBHOOK_FIELDS } from "../../src/entities/webhooks/webhook";
import { TRACKED_TYPES, type TrackedType } from "../../src/history/tracked-types";
import { enrollmentsById } from "../../src/reads/enrollments";
import { entitlementsById } from "../../src/reads/entitlement-facts";
import { entriesOf } from "../../src/reads/history-entries";
import { policiesById } from "../../src/reads/policies";
import { refundById } from "../../src/reads/refunds";
import { sessionOfRun } from "../../src/reads/sessions";
import { supportDetailsOf } from "../../src/reads/support-details";
import { columnOf, type Field, type TrackedField } from "../../src/store/rows/fields";
import { REVERTED } from "../../src/use-cases/entitlements/revert-entitlement";
import { firstRows } from "../../src/store/rows/page";
import { aCourse, ada, ago, anEntitlement, aPolicy, aRun, grace, NOW, put, useApp } from "../support/world";

const app = useApp();

const NOUNS: [entity: new () => object, Readonly<Record<string, Field>>][] = [
  [Certificate, CERTIFICATE_FIELDS],
  [CourseEnrollment, COURSE_ENROLLMENT_FIELDS],
  [CourseEntitlement, COURSE_ENTITLEMENT_FIELDS],
  [CourseEntitlementPolicy, COURSE_ENTITLEMENT_POLICY_FIELDS],
  [CourseEntitlementSupportDetail, SUPPORT_DETAIL_FIELDS],
  [CourseRun, COURSE_RUN_FIELDS],
  [Refund, REFUND_FIELDS],
  [SupportAgent, SUPPORT_AGENT_FIELDS],
  [HistoryErasure, HISTORY_ERASURE_FIELDS],
  [Webhook, WEBHOOK_FIELDS],
];

test.each(NOUNS)("the fields of %p are the columns that are stored", (entity, fields) => {
  const { columns } = app.db.getMetadata(entity);
  const stored = columns.map(({ propertyName, databaseName }) => `${propertyName} in ${databaseName}`);
  const described = Object.entries(fields).map(([name, field]) => `${name} in ${columnOf(name, field)}`);
  expect(described.toSorted()).toEqual(stored.toSorted());
});

test("every read gives each field of what it reads as it is stored", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { maxEnrollments: 3, levelType: "Introductory" });
  const policyId = await aPolicy(app, { mode: "verified", siteId: "1", regainMs: 1, retiredAt: ago(1) });
  const id = await anEntitlement(app, { run, courseUuid, policyId, expiredAt: NOW, expiryCause: "SUPPORT" });
  const { manager } = app.db;
  const stored = await manager.findOneByOrFail(CourseEntitlement, { id });
  const [refund] = await put(app, Refund, aRefund(id));
  const [detail] = await put(app, CourseEntitlementSupportDetail, aDetail(id, run));

  const [entitlement] = await entitlementsById(app.db, [id]);
  expect(entitlement).toMatchObject(stored);
  expect(entitlement).toMatchObject({ username: "ada", refundState: "IN_DOUBT" });

  const policy = await manager.findOneByOrFail(CourseEntitlementPolicy, { id: policyId });
  expect(entitlement!.policy).toEqual(Object.assign(policy, { siteDomain: "demo.example" }));
  expect(await policiesById(app.db, [policyId])).toEqual([entitlement!.policy]);

  const storedRun = await manager.findOneByOrFail(CourseRun, { key: run });
  const enrollment = await manager.findOneByOrFail(CourseEnrollment, { id: stored.enrollmentId! });
  const joined = { certificateStatus: null, certificateSeenAt: null, run: storedRun };
  expect(entitlement!.enrollment).toEqual(Object.assign(enrollment, joined));
  expect(await enrollmentsById(app.db, [enrollment.id])).toEqual([entitlement!.enrollment]);
  expect((await sessionOfRun(app.db, ada.userId!, run))!.run).toEqual(storedRun);

  expect(await refundById(app.db, refund!.id)).toEqual(
    await manager.findOneByOrFail(Refund, { entitlementId: id }),
  );
  const [details] = await supportDetailsOf(app.db, [id], firstRows(1));
  expect(details!.rows).toEqual([Object.assign(detail!, { username: "grace", unenrolledRun: storedRun })]);
});

test.each(Object.keys(TRACKED_TYPES) as TrackedType[])(
  "the history of %s shows every field except the id, which each entry has anyway, and when another system was asked",
  (type) => {
    const fields: [string, TrackedField][] = Object.entries(TRACKED_TYPES[type].fields);
    const untold = fields.filter(([, { told }]) => told === "nobody").map(([name]) => name);
    expect(untold.filter((name) => name !== "seenAt")).toEqual(["id"]);
  },
);

test("only support sees the answers of a shop to a refund; everyone who may see the refund sees its other fields", () => {
  const forSupport = Object.values(TRACKED_TYPES).flatMap(({ table, fields }) =>
    Object.entries<TrackedField>(fields)
      .filter(([, { told }]) => told === "support")
      .map(([name]) => `${table}.${name}`),
  );
  expect(forSupport).toEqual(["refund.answer", "refund.detail"]);
});

test("every field in a history has the same name in the schema, except those named here", () => {
  const schema = buildSchema(readFileSync("schema.graphql", "utf8"));
  const nameless = Object.entries({
    CourseEntitlement: COURSE_ENTITLEMENT_FIELDS,
    SupportDetail: SUPPORT_DETAIL_FIELDS,
    CourseEntitlementPolicy: COURSE_ENTITLEMENT_POLICY_FIELDS,
    Refund: REFUND_FIELDS,
    SupportAgent: SUPPORT_AGENT_FIELDS,
    Webhook: WEBHOOK_FIELDS,
    CourseEnrollment: COURSE_ENROLLMENT_FIELDS,
    Certificate: CERTIFICATE_FIELDS,
    Erasure: HISTORY_ERASURE_FIELDS,
    CourseRun: COURSE_RUN_FIELDS,
  }).flatMap(([type, fields]) => {
    const inSchema = (schema.getType(type) as GraphQLObjectType).getFields();
    return Object.entries<TrackedField>(fields)
      .filter(([name, { told, as }]) => told !== "nobody" && !inSchema[as ?? name])
      .map(([name]) => `${type}.${name}`);
  });
  expect(nameless.toSorted()).toEqual([
    "Certificate.userId", // the changes refer to the learner
    "CourseEnrollment.userId",
    "CourseEntitlementPolicy.siteId", // `siteDomain` names the site
    "CourseRun.courseUuid",
    "CourseRun.imageUrl",
    "CourseRun.levelType",
    "CourseRun.maxEnrollments",
    "Refund.answer",
    "SupportDetail.modifiedAt",
  ]);
});

test("a history entry holds every visible field as it is stored", async () => {
  const id = await anEntitlement(app, { refundLocked: true, expiredAt: NOW, redeemedAt: ago(1) });
  const [entries] = await entriesOf(app.db, "COURSE_ENTITLEMENT", [id], {}, firstRows(1));
  const stored = await app.db.manager.findOneByOrFail(CourseEntitlement, { id });
  expect(["id", ...Object.keys(entries!.rows[0]!.image)].toSorted()).toEqual(Object.keys(stored).toSorted());
});

test("a revert restores every field of an entitlement except its id, its timestamps and what the LMS is asked for", () => {
  const columns = app.db.getMetadata(CourseEntitlement).columns.map(({ propertyName }) => propertyName);
  const others = ["id", "createdAt", "modifiedAt", "pendingEnrollmentId"];
  expect([...REVERTED, ...others].toSorted()).toEqual(columns.toSorted());
});

function aRefund(entitlementId: string): Refund {
  return {
    id: "f0000000-0000-4000-8000-000000000001",
    entitlementId,
    orderNumber: "EDX-1",
    state: "IN_DOUBT",
    attempt: 2,
    nextAttemptAt: NOW,
    answer: "UNKNOWN",
    detail: "TIMEOUT",
    shopReferences: ["R-1", "R-2"],
    createdAt: ago(1),
    modifiedAt: NOW,
  };
}

function aDetail(entitlementId: string, unenrolledRunKey: string): CourseEntitlementSupportDetail {
  return {
    id: "d0000000-0000-4000-8000-000000000001",
    entitlementId,
    supportUserId: grace.userId,
    action: "REISSUE",
    comments: "The run was cancelled.",
    unenrolledRunKey,
    createdAt: ago(1),
    modifiedAt: NOW,
  };
}

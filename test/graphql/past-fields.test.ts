import {
  getNamedType,
  isCompositeType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLObjectType,
} from "graphql";
import { actor, ask, schema, useDemoApp } from "../support/demo-app";

const app = useDemoApp();
const hopper = actor("hopper", { isStaff: true });

/** What is told of an instant from what history recorded of it. A new field belongs here, or into a table of `types/past.ts`. */
const FROM_HISTORY: Record<string, string> = {
  CourseEntitlement: `asOf courseUuid createdAt daysSinceCreated daysUntilExpiration enrollment expirationDate expiredAt
    expiresAt expiryCause history id isEnrollmentModeDifferent isExpired isRedeemable isRefundLocked isRefundable
    isRegainable mode modifiedAt orderNumber pendingEnrollment policy redeemBlocker redeemBlockerMessage redeemableUntil
    redeemedAt refundBlocker refundBlockerMessage refundableUntil refunds regainBlocker regainBlockerMessage
    regainableUntil renewedAt state supportDetails user`,
  User: "id",
  Course: "id",
  CourseEnrollment: "courseRun enrolledAt id isActive mode",
  CourseRun:
    "endsAt enrollmentEndsAt enrollmentStartsAt id isSelfPaced key marketingUrl number org startsAt title",
  Certificate: "courseRun id status",
  CourseEntitlementPolicy: "expirationPeriod history id isDefault mode refundPeriod regainPeriod retiredAt",
  SupportDetail: "action comments createdAt history id unenrolledRun",
  Refund:
    "attemptLog attempts createdAt detail history id modifiedAt nextAttemptAt orderNumber shopReferences state",
  RefundAttempt: "answer endedAt id number startedAt state",
  HistoryEntry: `changedAt changedByLabel changedByRole changes entityId entityType id operation position previous proof
    reason requestId revertedTo settledAt source state transactionId type`,
  FieldChange: "field from id to",
  HistoryProof: "checkpoint hashes leaf openings position",
  Checkpoint: "note settledAt size",
  Opening: "field salt value",
};
/** Types of pages and their parts, which hold what is listed. */
const PAGES = /Connection$|Edge$|^PageInfo$/;
/** What no history of an entitlement has. */
const ELSEWHERE = new Set(["Webhook", "SupportAgent", "Erasure"]);

type Field = GraphQLField<unknown, unknown>;
/** What the schema says of a field. */
const isKnownNow = ({ description }: Field) => description!.includes("the field shows the present value");
const isRefused = ({ description }: Field) => description!.includes("It has no past");
const isFromHistory = (type: string, { name }: Field) =>
  PAGES.test(type) || (FROM_HISTORY[type]?.split(/\s+/).includes(name) ?? false);

/** Every field that can be asked for of an entitlement of an earlier instant, by its type. */
function reachable(): [type: string, field: Field][] {
  const types = new Set([schema.getType("CourseEntitlement") as GraphQLObjectType]);
  for (const type of types)
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (isRefused(field) || (isKnownNow(field) && named.name !== "Course")) continue;
      if (isObjectType(named)) types.add(named);
      if (isUnionType(named))
        for (const member of named.getTypes()) if (!ELSEWHERE.has(member.name)) types.add(member);
    }
  return [...types].flatMap((type) =>
    Object.values(type.getFields()).map((field): [string, Field] => [type.name, field]),
  );
}

test("every field of an entitlement of an earlier instant is told from history, as known now, or refused", () => {
  const unclear = reachable()
    .filter(([type, field]) => {
      const ways = [isFromHistory(type, field), isKnownNow(field), isRefused(field)];
      return ways.filter(Boolean).length !== 1;
    })
    .map(([type, { name }]) => `${type}.${name}`);
  expect(unclear).toEqual([]);
});

const REFUNDED = "e0000000-0000-4000-8000-000000000012";
const REDEEMED = "e0000000-0000-4000-8000-000000000003";
/** How an object of each type is reached from an entitlement of an earlier instant. */
const PATHS: Record<string, string> = {
  CourseEntitlement: "",
  Course: "course",
  CourseEnrollment: "enrollment",
  CourseRun: "enrollment courseRun",
  CourseEntitlementPolicy: "policy",
  User: "user",
  HistoryEntry: "history edges node",
};
const refused = reachable().filter(([, field]) => isRefused(field));

interface Answer {
  entitlement: { asOf: unknown } | null;
}
async function now(): Promise<string> {
  const [row] = await app.db.query<[{ now: Date }]>("select history_now() as now");
  return row.now.toISOString();
}

test("something is refused in objects of each type that the walk knows a path to", () => {
  expect([...new Set(refused.map(([type]) => type))].toSorted()).toEqual(Object.keys(PATHS).toSorted());
});

test.each(refused.map(([type, { name, type: returned }]) => [type, name, returned] as const))(
  "%s.%s is refused by its name as of an instant, and answered now",
  async (type, field, returned) => {
    const asked = `${field}${isCompositeType(getNamedType(returned)) ? " { __typename }" : ""}`;
    const path = PATHS[type]!.split(" ").filter(Boolean);
    const selection = path.reduceRight((inner, each) => `${each} { ${inner} }`, asked);
    const past = `query ($id: ID!, $at: DateTime!) { entitlement(id: $id) { asOf(at: $at) { ${selection} } } }`;
    const { errors } = await ask<Answer>(app, hopper, past, { id: REDEEMED, at: await now() });
    expect(errors![0]).toMatchObject({
      message: `"${type}.${field}" has no past, so it cannot be asked for as of an instant.`,
      extensions: { code: "FIELD_HAS_NO_PAST", field: `${type}.${field}` },
    });
    const told = errors![0]!.path!.filter((part) => typeof part === "string");
    expect(told).toEqual(["entitlement", "asOf", ...path, field]);
    const present = `query ($id: ID!) { entitlement(id: $id) { ${selection} } }`;
    expect((await ask(app, hopper, present, { id: REDEEMED })).errors).toBeUndefined();
  },
);

test("what is refused in a list of an instant is refused in the state of an entry too", async () => {
  const list = `query ($at: DateTime!) { entitlements(asOf: $at, filter: { username: "ada" }) { edges { node { sessions { id } } } } }`;
  const { errors } = await ask(app, hopper, list, { at: await now() });
  expect(errors![0]!.extensions).toMatchObject({ code: "FIELD_HAS_NO_PAST" });
  const state = `{ entitlement(id: "${REDEEMED}") { history { edges { node {
    state { ... on CourseEntitlement { runSummary { id } } } } } } } }`;
  expect((await ask(app, hopper, state)).errors![0]!.extensions).toMatchObject({ code: "FIELD_HAS_NO_PAST" });
});

test("the histories of what belongs to an entitlement of an instant are those of then", async () => {
  const at = await now();
  const history = "history { edges { node { id } } }";
  const question = `query ($id: ID!, $at: DateTime!) { entitlement(id: $id) { asOf(at: $at) {
    policy { ${history} } refunds { ${history} attemptLog { id state endedAt } } supportDetails { edges { node { ${history} } } } } } }`;
  const answer = async () =>
    JSON.stringify((await ask<Answer>(app, hopper, question, { id: REFUNDED, at })).data!.entitlement!.asOf);
  const before = await answer();
  expect(before).toContain('"attemptLog":[{');
  await app.db.query("update course_entitlement_policy set regain_period = regain_period + interval '1 day'");
  await app.db.query("update refund set modified_at = modified_at where false");
  expect(await answer()).toBe(before);
});

test("an enrollment that was recorded only after an instant is refused with all that depends on it", async () => {
  const id = "e0000000-0000-4000-8000-000000000036";
  await app.db.query(
    `insert into course_enrollment (id, user_id, course_run_key, mode)
     values ('70000000-0000-4000-8000-000000000001', 4, 'course-v1:X+Y+1', 'verified')`,
  );
  // As an import tells it: the entitlement had the enrollment before anything of that was recorded.
  await app.db.query(
    `with told as (insert into history_told default values)
     insert into historical_course_entitlement (id, user_id, course_uuid, mode, order_number, refund_locked, created_at,
       modified_at, enrollment_id, history_date, history_type, history_change_reason, history_user_label, history_source)
     select id, user_id, course_uuid, mode, order_number, refund_locked, created_at, modified_at,
       '70000000-0000-4000-8000-000000000001', created_at + interval '1 hour', '~', 'told', 'system', 'IMPORT'
     from course_entitlement where id = $1`,
    [id],
  );
  await app.committer.settle(true);
  const [{ at }] = await app.db.query<[{ at: Date }]>(
    "select created_at + interval '2 hours' as at from course_entitlement where id = $1",
    [id],
  );
  const asOf = async (fields: string) =>
    ask<Answer>(
      app,
      hopper,
      `query ($id: ID!, $at: DateTime!) { entitlement(id: $id) { asOf(at: $at) { ${fields} } } }`,
      {
        id,
        at,
      },
    );
  for (const field of [
    "state",
    "isRefundable",
    "enrollment { id }",
    "expiresAt",
    "isEnrollmentModeDifferent",
  ])
    expect((await asOf(field)).errors?.[0]).toMatchObject({
      message:
        '"CourseEntitlement.enrollment" is not known at this instant, because it was recorded only later.',
      extensions: { code: "FIELD_HAS_NO_PAST" },
    });
  const { data, errors } = await asOf("mode orderNumber policy { mode } course { title }");
  expect(errors).toBeUndefined();
  expect(data!.entitlement!.asOf).toMatchObject({ mode: "verified" });
  const list = `query ($id: ID!, $at: DateTime!, $states: [EntitlementState!]) {
    entitlements(asOf: $at, filter: { ids: [$id], states: $states }) { totalCount edges { node { id mode } } } }`;
  interface List {
    entitlements: { totalCount: number };
  }
  const states = ["AVAILABLE", "FULFILLED_CHANGEABLE", "FULFILLED", "EXPIRED"];
  expect((await ask<List>(app, hopper, list, { id, at })).data!.entitlements.totalCount).toBe(1);
  expect((await ask<List>(app, hopper, list, { id, at, states })).data!.entitlements.totalCount).toBe(0);
});

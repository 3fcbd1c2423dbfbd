import { readFileSync } from "node:fs";
import { getNullableType, parse, print, separateOperations, type GraphQLObjectType } from "graphql";
import type { Actor } from "../../src/auth/actor";
import { checksumOf } from "../support/checksum";
import { actor, ada, grace, schema, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";

const read = (name: string) =>
  separateOperations(parse(readFileSync(`test/clients/${name}.graphql`, "utf8")));
const documents: Record<string, ReturnType<typeof parse>> = {
  ...read("support-dialogs"),
  ...read("learner-page"),
};
const hopper = actor("hopper", { isStaff: true });
const shop = actor("shop", { isService: true });

const app = useDemoApp({ MUTATIONS_PER_MINUTE: "1000" });
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

/** The entitlement of an example of the demo world, by the number of the example. */
const nth = (number: number) => `e0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const course = (number: number) => `c0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const run = (number: number, kind: string) =>
  `course-v1:DemoX+DEMO.${String(number).padStart(2, "0")}+${kind}`;
const comments = "As told on the telephone.";

/** What each dialog sends, and who confirms it. Each has an entitlement of its own. */
const DIALOGS: Record<string, [asking: Actor, input: object]> = {
  GrantEntitlement: [grace, { username: "bob", courseUuid: course(2), mode: "verified", comments }],
  FulfillOrder: [
    hopper,
    { username: "bob", courseUuid: course(5), mode: "verified", orderNumber: "TELEPHONE-1" },
  ],
  EnrollAndFulfill: [shop, { entitlementId: nth(48), username: "full_shelf", courseRunKey: run(48, "open") }],
  RecordUnenrollment: [hopper, { username: "ada", courseRunKey: run(28, "selfPaced"), refund: "KEEP" }],
  SwitchSession: [shop, { entitlementId: nth(3), username: "ada", courseRunKey: run(3, "future") }],
  LeaveSession: [shop, { entitlementId: nth(6), username: "ada" }],
  MoveSession: [
    grace,
    { entitlementId: nth(5), courseRunKey: run(5, "future"), override: ["REGAIN_PERIOD_OVER"], comments },
  ],
  RevertEntitlement: [grace, { entitlementId: nth(15), comments }],
  ReissueEntitlement: [grace, { entitlementId: nth(10), comments }],
  RenewEntitlement: [grace, { entitlementId: nth(8), comments }],
  TransferEntitlement: [hopper, { entitlementId: nth(14), username: "bob", comments }],
  AssignPolicy: [hopper, { entitlementId: nth(16), policyId: null, comments }],
  ExpireEntitlement: [grace, { entitlementId: nth(17), comments }],
  SetRefundLock: [grace, { entitlementId: nth(18), isLocked: true, comments }],
  ChangeEntitlementMode: [
    hopper,
    { entitlementId: nth(24), mode: "professional", acceptAnyMode: true, comments },
  ],
  RevokeEntitlement: [shop, { entitlementId: nth(20), reason: comments }],
  UnenrollAndRefund: [shop, { entitlementId: nth(31), username: "ada", refund: "SKIP" }],
  ResolveRefund: [grace, { refundId: "", outcome: "SUCCEEDED", comments }],
  RetryEnrollmentCall: [grace, { enrollmentId: "", comments }],
  ExpireEntitlements: [grace, { entitlementIds: [nth(38), nth(39)], comments }],
  RenewEntitlements: [grace, { entitlementIds: [nth(2), nth(9)], comments }],
  ChangeEntitlementModes: [
    hopper,
    { entitlementIds: [nth(42), nth(43)], mode: "professional", acceptAnyMode: true, comments },
  ],
  RefundEntitlements: [hopper, { entitlementIds: [nth(44), nth(45)] }],
  RevokeEntitlements: [shop, { entitlementIds: [nth(46), nth(47)], reason: comments }],
  FulfillOrders: [
    shop,
    {
      orders: [3, 4].map((number) => ({
        username: "empty_handed",
        courseUuid: course(number),
        mode: "verified",
        orderNumber: "BUNDLE-1",
      })),
    },
  ],
  Choose: [ada, { entitlementId: nth(1), courseRunKey: run(1, "open") }],
  Change: [ada, { entitlementId: nth(19), courseRunKey: run(19, "future") }],
  Leave: [ada, { entitlementId: nth(33) }],
  MoneyBack: [ada, { entitlementId: nth(34), refund: "REQUEST" }],
};

interface Answered {
  entitlement?: { id: string } | null;
  preview: { operation: string }[] | null;
  userErrors: object[];
  results?: { outcome: string }[];
  revocations?: { outcome: string }[];
  fulfillments?: { outcome: string }[];
}

async function send(dialog: string, asking: Actor, input: object): Promise<Answered> {
  const { body } = await server.ask(asking, print(documents[dialog]!), { input });
  expect([dialog, body.errors]).toEqual([dialog, undefined]);
  const [answer] = Object.values(body.data as Record<string, Answered>);
  const { results, revocations, fulfillments } = answer!;
  const outcomes = (results ?? revocations ?? fulfillments ?? []).map(({ outcome }) => outcome);
  expect([dialog, answer!.userErrors, new Set(outcomes).size]).toEqual([
    dialog,
    [],
    outcomes.length > 0 ? 1 : 0,
  ]);
  expect(outcomes.join()).not.toMatch(/REFUSED|FAILED|UNCHANGED|NOT_/);
  return answer!;
}

/** The input, with the ids that only the database knows, and a call where none is in the demo world. */
async function filledIn(dialog: string, input: object): Promise<object> {
  if (dialog === "ResolveRefund") {
    const [refund] = await app.db.query<{ id: string }[]>(
      "select id from refund where state = 'NEEDS_REVIEW'",
    );
    return { ...input, refundId: refund!.id };
  }
  if (dialog === "RetryEnrollmentCall") {
    const [call] = await app.db.query<{ id: string }[]>(
      `insert into enrollment_call
         (id, changeable_modes, may_enroll, entitlement_id, state, attempt, unsent_to, created_at, modified_at)
       select enrollment_id, '{verified}', false, id, 'NEEDS_REVIEW', 300, 0, now(), now()
       from course_entitlement where enrollment_id is not null order by id limit 1 returning id`,
    );
    return { ...input, enrollmentId: call!.id };
  }
  if (dialog !== "RevertEntitlement") return input;
  const [first] = await app.db.query<{ id: string }[]>(
    "select min(history_id)::text as id from historical_course_entitlement where id = $1",
    [(input as { entitlementId: string }).entitlementId],
  );
  return { ...input, historyEntryId: first!.id };
}

test("every mutation of the documents is a dialog, and support has one for every command on entitlements", () => {
  const mutations = Object.entries(documents)
    .filter(([, document]) => print(document).startsWith("mutation"))
    .map(([name]) => name);
  expect(mutations.toSorted()).toEqual(Object.keys(DIALOGS).toSorted());
  // It looks for an entitlement, where an agent has one in sight.
  const others = new Set(["enrollIfEntitled"]);
  const changed = ["entitlement", "results", "revocations", "fulfillments"];
  const all = Object.values(schema.getMutationType()!.getFields())
    .filter(({ name }) => !others.has(name))
    .filter(({ type }) =>
      changed.some((field) => field in (getNullableType(type) as GraphQLObjectType).getFields()),
    )
    .map(({ name }) => name);
  const dialogs = Object.keys(read("support-dialogs")).map((name) => name[0]!.toLowerCase() + name.slice(1));
  expect(dialogs.filter((name) => name !== "orderPreview").toSorted()).toEqual(all.toSorted());
});

test.each(Object.keys(DIALOGS))("the dialog %s shows what it will do, and then does it", async (dialog) => {
  const [asking, given] = DIALOGS[dialog]!;
  const input = await filledIn(dialog, given);
  const before = await checksumOf(app.db);
  const { preview } = await send(dialog, asking, { ...input, dryRun: true });
  expect(preview!.length).toBeGreaterThan(0);
  expect(await checksumOf(app.db)).toEqual(before);
  const done = await send(dialog, asking, input);
  expect(done.preview).toBeNull();
  expect(await checksumOf(app.db)).not.toEqual(before);
});

test("the preview of an order says what the learner has already", async () => {
  const { body } = await server.ask(grace, print(documents["OrderPreview"]!), {
    username: "ada",
    courseUuids: [course(19), course(3)],
    mode: "verified",
  });
  expect(body.errors).toBeUndefined();
  expect(JSON.stringify(body.data)).toContain(nth(19));
});

test("a learner's page shows each card with its deadlines, and a reason to read for everything that cannot be done", async () => {
  const { body } = await server.ask(ada, print(documents["Mine"]!), {});
  expect(body.errors).toBeUndefined();
  const { entitlements } = (body.data as { viewer: { entitlements: Page } }).viewer;
  expect(entitlements.totalCount).toBeGreaterThan(20);
  expect(entitlements.edges).toHaveLength(20);
  for (const { node } of entitlements.edges) {
    for (const what of ["redeem", "regain", "refund"])
      expect([what, node[`${what}BlockerMessage`] !== null]).toEqual([what, node[`${what}Blocker`] !== null]);
    const opened = await server.ask(ada, print(documents["MineOpened"]!), { id: node["id"] });
    expect(opened.body.errors).toBeUndefined();
    const { sessions } = (opened.body.data as { entitlement: { sessions: Session[] } }).entitlement;
    for (const { blocker, blockerMessage } of sessions)
      expect(blockerMessage === null).toBe(blocker === null);
  }
});

interface Page {
  totalCount: number;
  edges: { node: Record<string, unknown> }[];
}
interface Session {
  blocker: string | null;
  blockerMessage: string | null;
}

import { readFeed } from "../../src/reads/feed/feed";
import { holders } from "../../src/reads/lms/holders";
import { restApi } from "../../src/rest/rest";
import { Cursors } from "../../src/graphql/pages/cursors";
import { actor, ask, grace, useDemoApp } from "../support/demo-app";
import { noteEvents } from "../../src/use-cases/lms/following/note-events";
import { anEvent, certificateData, enrollmentData, TYPES, userData } from "../support/lms-events";
import { asSuperuser } from "../support/database";
import { statementsOf, type Statement } from "../support/statements";

/** More of them: `ENTITLEMENTS=500000 npx jest dist/test/graphql/plans.test.js`. */
const ENTITLEMENTS = Number(process.env["ENTITLEMENTS"] ?? 100_000);
const LEARNERS = ENTITLEMENTS / 5;
const learner = actor("ada", { userId: "1000007", username: "learner7" });

const app = useDemoApp();
beforeAll(async () => {
  // As replication would bring them: without the guard's work for each row.
  await asSuperuser(
    `set session_replication_role = replica;
     alter table course_entitlement disable trigger guard;
     alter table course_run disable trigger guard;
     alter table certificate disable trigger guard;
     alter table course_enrollment disable trigger guard;
     insert into user_account (id, username, email)
       select 1000000 + n, 'learner' || n, 'learner' || n || '@demo.example' from generate_series(1, ${LEARNERS}) n;
     insert into course_entitlement (user_id, course_uuid, mode, order_number, expired_at, created_at, modified_at)
       select 1000001 + n % ${LEARNERS}, ('c0000000-0000-4000-8000-' || lpad((n % 500)::text, 12, '0'))::uuid, 'verified',
         'ORDER-' || n, case when n % 3 = 0 then now() end, now() - n * interval '1 minute', now() - n * interval '1 minute'
       from generate_series(1, ${ENTITLEMENTS}) n;
     insert into course_run (key, course_uuid, title, org, number, starts_at)
       select 'course-v1:Big+C.' || n || '+r' || n % 3, ('c0000000-0000-4000-8000-' || lpad((n % 6000)::text, 12, '0'))::uuid,
         'Course about subject' || n || ' for beginners', 'Big', 'C.' || n, now() - n * interval '1 hour'
       from generate_series(1, 20000) n;
     insert into course_mode (course_run_key, slug, min_price) select key, 'verified', 49 from course_run
       on conflict do nothing;
     insert into course_enrollment (user_id, course_run_key, mode, created_at)
       select user_id, 'course-v1:Big+C.' || n || '+r' || n % 3, 'verified', created_at
       from (select user_id, created_at, row_number() over (order by id) n from course_entitlement
         where user_id > 1000000) e where n <= 20000;
     insert into enrollment_call (id, changeable_modes, may_enroll, entitlement_id, state, attempt, unsent_to, created_at, modified_at)
       select n.id, '{verified}', false, e.id, case when n.user_id % 1000 = 0 then 'NEEDS_REVIEW' else 'DONE' end, 1, 0,
         n.created_at, n.created_at
       from course_enrollment n join lateral (select id from course_entitlement e where e.user_id = n.user_id limit 1) e on true
       where n.user_id > 1000000;
     insert into historical_course_entitlement (id, user_id, course_uuid, mode, order_number, refund_locked, created_at,
         modified_at, history_date, history_type, history_change_reason, history_user_label, history_source, history_txid,
         history_request_id)
       select id, user_id, course_uuid, mode, order_number, refund_locked, created_at, modified_at, now(), '+', 'import',
         'learner' || user_id, 'IMPORT', 1000000000 + row_number() over (), 'r-' || user_id
       from course_entitlement where user_id > 1000000;
     insert into historical_course_enrollment (id, user_id, course_run_key, mode, is_active, created_at, history_date,
         history_type, history_change_reason, history_user_label, history_source, history_txid)
       select id, user_id, course_run_key, mode, is_active, created_at, now(), '+', 'import', 'learner' || user_id, 'IMPORT',
         1000000000 + row_number() over () from course_enrollment where user_id > 1000000;
     insert into historical_course_run (id, key, course_uuid, title, org, number, is_self_paced, starts_at, history_date,
         history_type, history_change_reason, history_user_label, history_source, history_txid)
       select id, key, course_uuid, title, org, number, is_self_paced, starts_at, now(), '+', 'startOfHistory', 'system',
         'DATABASE', 999999999 from course_run where org = 'Big';
     insert into certificate (user_id, course_run_key, status)
       select user_id, course_run_key, 'notpassing' from course_enrollment where user_id > 1000000;
     insert into historical_certificate (id, user_id, course_run_key, status, history_date, history_type,
         history_change_reason, history_user_label, history_source, history_txid)
       select id, user_id, course_run_key, status, now(), '+', 'startOfHistory', 'system', 'DATABASE', 999999998
       from certificate where user_id > 1000000;
     update history_clock set seen = null, horizon = 0;
     alter table course_entitlement enable always trigger guard;
     alter table course_run enable always trigger guard;
     alter table certificate enable always trigger guard;
     alter table course_enrollment enable always trigger guard;
     analyze;`,
    app.db.options.type === "postgres" ? app.db.options.url! : "",
  );
  await app.committer.settle(true);
  await app.db.query("analyze history_transaction");
  // The first entry counts as sealed, so that it has a proof: a tree of one entry needs no tiles.
  await app.db.query("insert into history_checkpoint (size, at, note) values (1, now(), '')");
  await app.db.query(
    "insert into history_subject_key select id, sha256('') from user_account where id < 1000",
  );
}, 300_000);

/** The tables that a statement's plans read from end to end: for these values, and for any. */
async function scannedBy({ text, values }: Statement): Promise<string[]> {
  const walk = (node: PlanNode): string[] => [
    // Nothing is read below a condition that holds for no row of a type, because a filter cannot match one.
    ...(/^\(\$\d+ IS NULL\)$/.test(node["One-Time Filter"] ?? "") ? [] : readBy(node)),
  ];
  const readBy = (node: PlanNode): string[] => [
    ...(node["Node Type"].includes("Seq Scan") ? [node["Relation Name"]!] : []),
    ...(node.Plans ?? []).flatMap(walk),
  ];
  const plan = async (options: string, given: unknown[]) => {
    const [row] = await app.db.query<{ "QUERY PLAN": [{ Plan: PlanNode }] }[]>(
      `explain (format json${options}) ${text}`,
      given,
    );
    return walk(row!["QUERY PLAN"][0].Plan);
  };
  return [...(await plan("", values)), ...(await plan(", generic_plan", []))];
}
interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "One-Time Filter"?: string;
  Plans?: PlanNode[];
}

/** An instant that is settled when the tests begin. */
const earlier = new Date(Date.now() - 60_000).toISOString();
const BIG_TABLES = [
  "course_entitlement",
  "historical_course_entitlement",
  "historical_course_enrollment",
  "historical_course_run",
  "historical_certificate",
  "user_account",
  "course_enrollment",
  "certificate",
  "course_run",
  "course_mode",
  "enrollment_call",
  "history_transaction",
];
const [afterOfViewer, after] = ["User.entitlements", "entitlements"].map((list) =>
  new Cursors(`${list}.CREATED_AT.DESC`, "instant").write({
    value: new Date().toISOString(),
    id: "e0000000-0000-4000-8000-000000000001",
  }),
);
const afterCall = new Cursors("enrollmentCalls.CREATED_AT.DESC", "instant").write({
  value: new Date().toISOString(),
  id: "e0000000-0000-4000-8000-000000000001",
});
const afterCourse = new Cursors("courses.UUID.ASC", "uuid").write({
  value: "c0000000-0000-4000-8000-000000000100",
  id: "c0000000-0000-4000-8000-000000000100",
});
const nodes = "{ edges { node { id enrollment { courseRun { key } } } } }";

const callNodes = "{ edges { node { id user { username } courseRun { key } entitlement { id } } } }";
const aroundIt = "{ edges { node { id } } pageInfo { hasNextPage hasPreviousPage } }";

test.each([
  ["a learner's active entitlements", `{ viewer { entitlements ${nodes} } }`],
  ["a learner's unexpired entitlements", `{ viewer { entitlements(scope: UNEXPIRED) ${nodes} } }`],
  ["a learner's fulfillable entitlements", `{ viewer { entitlements(scope: FULFILLABLE) ${nodes} } }`],
  ["how many a learner has", "{ viewer { entitlements(scope: ALL) { totalCount } } }"],
  ["a later page", `{ viewer { entitlements(after: "${afterOfViewer}") ${nodes} } }`],
  ["the page before", `{ viewer { entitlements(before: "${afterOfViewer}") ${aroundIt} } }`],
  ["the oldest of a learner", `{ viewer { entitlements(last: 5) ${aroundIt} } }`],
  ["what a learner may choose", "{ viewer { entitlements { edges { node { sessions { id } } } } } }"],
  [
    "what support did",
    "{ viewer { entitlements { edges { node { supportDetails { edges { node { id } } } } } } } }",
  ],
  ["one entitlement", '{ entitlement(id: "e0000000-0000-4000-8000-000000000001") { id } }'],
  ["the newest of all", `{ entitlements ${nodes} }`],
  ["the newest of all, a later page", `{ entitlements(after: "${after}") ${nodes} }`],
  ["the page before, of all", `{ entitlements(last: 5, before: "${after}") ${aroundIt} }`],
  ["the oldest of all", `{ entitlements(last: 5) ${aroundIt} }`],
  ["the last changed of all", `{ entitlements(orderBy: { field: MODIFIED_AT }) ${nodes} }`],
  ["by ids", `{ entitlements(filter: { ids: ["e0000000-0000-4000-8000-000000000001"] }) ${nodes} }`],
  ["by username", `{ entitlements(filter: { username: "learner9" }) { totalCount ${nodes.slice(1)} }`],
  [
    "by course",
    `{ entitlements(filter: { courseUuids: ["c0000000-0000-4000-8000-000000000003"] }) { totalCount ${nodes.slice(1)} }`,
  ],
  ["the policies with their numbers", "{ entitlementPolicies { entitlementCount } }"],
  ["by order numbers", `{ entitlements(filter: { orderNumbers: ["ORDER-17", "ORDER-18"] }) ${nodes} }`],
  ["by order number", `{ entitlements(filter: { orderNumber: "ORDER-17" }) { totalCount ${nodes.slice(1)} }`],
  [
    "by search",
    `{ entitlements(filter: { username: "learner9", search: "c000" }) { totalCount ${nodes.slice(1)} }`,
  ],
  ["by mode, newest first", `{ entitlements(filter: { mode: "verified" }) ${nodes} }`],
  ["by expiry, newest first", `{ entitlements(filter: { isExpired: true }) ${nodes} }`],
  ["by no expiry, newest first", `{ entitlements(filter: { isExpired: false }) ${nodes} }`],
  [
    "by expiry, of one learner",
    `{ entitlements(filter: { username: "learner9", isExpired: true }) { totalCount ${nodes.slice(1)} }`,
  ],
  ["how many of a learner have not expired", "{ viewer { entitlements(scope: UNEXPIRED) { totalCount } } }"],
  ["by day of creation", `{ entitlements(filter: { createdFrom: "2020-01-01T00:00:00Z" }) ${nodes} }`],
  ...[
    "AVAILABLE",
    "FULFILLED_CHANGEABLE",
    "FULFILLED",
    "EXPIRED",
    "REFUNDED",
    "REVOKED",
    "AVAILABLE, EXPIRED",
  ].map((states): [string, string] => [
    `by the state ${states}`,
    `{ entitlements(filter: { states: [${states}] }) ${nodes} }`,
  ]),
  ["by policy", `{ entitlements(filter: { policyId: "b0000000-0000-4000-8000-000000000001" }) ${nodes} }`],
  ["without a policy", `{ entitlements(filter: { policyId: "default" }) ${nodes} }`],
  [
    "by the key of a course",
    `{ entitlements(filter: { courseKey: "Big+C.7" }) { totalCount ${nodes.slice(1)} }`,
  ],
  [
    "what expires soon",
    `{ entitlements(filter: { expiringBefore: "${new Date().toISOString()}" }) ${nodes} }`,
  ],
  ["what has a pending refund", `{ entitlements(filter: { isRefundPending: true }) ${nodes} }`],
  ["what has no pending refund", `{ entitlements(filter: { isRefundPending: false }) ${nodes} }`],
  [
    "a learner's next deadlines",
    `{ entitlements(filter: { username: "learner9" }, orderBy: { field: EXPIRES_AT, direction: ASC }) ${nodes} }`,
  ],
  [
    "a learner's entitlements of a course",
    `{ viewer { entitlements(courseUuid: "c0000000-0000-4000-8000-000000000007") { totalCount ${nodes.slice(1)} } }`,
  ],
  [
    "a timeline",
    '{ entitlement(id: "e0000000-0000-4000-8000-000000000001") { history { edges { node { previous { id } state { __typename } } } } } }',
  ],
  [
    "an earlier instant",
    `{ entitlement(id: "e0000000-0000-4000-8000-000000000001") { asOf(at: "${earlier}") { history { edges { node { id } } } supportDetails { edges { node { id } } } } } }`,
  ],
  [
    "a list of an earlier instant",
    `{ entitlements(filter: { username: "learner9" }, asOf: "${earlier}") { totalCount ${nodes.slice(1)} }`,
  ],
  ["the newest of an earlier instant", `{ entitlements(asOf: "${earlier}") ${nodes} }`],
  ["the oldest of an earlier instant", `{ entitlements(asOf: "${earlier}", last: 5) ${aroundIt} }`],
  [
    "a later page of an earlier instant",
    `{ entitlements(asOf: "${earlier}", after: "${after}") ${aroundIt} }`,
  ],
  ["the log", "{ historyLog { size entries(after: 50000) { edges { node { id position settledAt } } } } }"],
  [
    "the log, what no index finds",
    "{ historyLog { entries(after: 50000, filter: { types: [DELETED] }) { edges { node { id } } } } }",
  ],
  [
    "the log of an entitlement",
    '{ historyLog { entries(filter: { entitlementIds: ["e0000000-0000-4000-8000-000000000001"] }) { edges { node { id } } } } }',
  ],
  [
    "the log of a learner",
    '{ historyLog { entries(filter: { usernames: ["learner9"] }) { edges { node { id position } } } } }',
  ],
  ["the proofs of changes", "{ historyLog { entries(first: 1) { edges { node { proof { position } } } } } }"],
  ["the seals of the log", "{ historyLog { checkpoint { note } consistency(from: 1) } }"],
  ["the places of changes", "{ history { edges { node { id position settledAt } } } }"],
  ["the history of all", "{ history { edges { node { id } } } }"],
  ["the oldest history of all", `{ history(last: 5) ${aroundIt} }`],
  ["how long the history of all is", "{ history { totalCount } }"],
  ["the length of the history by author", '{ history(filter: { changedBy: "grace" }) { totalCount } }'],
  ["how long the history of a learner is", '{ history(filter: { usernames: ["learner9"] }) { totalCount } }'],
  [
    "how long a timeline is, and how much support did",
    `{ entitlement(id: "e0000000-0000-4000-8000-000000000001") { history(last: 5) { totalCount ${aroundIt.slice(1)} supportDetails(last: 5) { totalCount ${aroundIt.slice(1)} } }`,
  ],
  ["the history by author", '{ history(filter: { changedBy: "grace" }) { edges { node { id } } } }'],
  ["the history of a learner", '{ history(filter: { usernames: ["learner9"] }) { edges { node { id } } } }'],
  [
    "the history of some entitlements",
    '{ history(filter: { entitlementIds: ["e0000000-0000-4000-8000-000000000001"] }) { edges { node { id entitlement { id } } } } }',
  ],
  ["the history of a request", '{ history(filter: { requestId: "r-1" }) { edges { node { id } } } }'],
  ["calls to the LMS that need a review", `{ enrollmentCalls { totalCount ${callNodes.slice(1)} }`],
  ["all calls to the LMS", `{ enrollmentCalls(filter: null) ${callNodes} }`],
  ["a later page of calls", `{ enrollmentCalls(filter: null, after: "${afterCall}") ${aroundIt} }`],
  ["the oldest calls to review", `{ enrollmentCalls(last: 5) ${aroundIt} }`],
  [
    "calls about a learner",
    `{ enrollmentCalls(filter: { username: "learner9" }) { totalCount ${callNodes.slice(1)} }`,
  ],
  ["calls about a learner by id", `{ enrollmentCalls(filter: { userId: "1000009" }) ${callNodes} }`],
  [
    "calls about an entitlement",
    `{ enrollmentCalls(filter: { entitlementId: "e0000000-0000-4000-8000-000000000001" }) { totalCount ${callNodes.slice(1)} }`,
  ],
  [
    "the calls about a learner's enrollments",
    '{ entitlements(filter: { username: "learner9" }) { edges { node { enrollment { call { id } } } } } }',
  ],
  [
    "the refunds of a learner",
    '{ refunds(filter: { username: "learner9" }) { totalCount edges { node { id } } } }',
  ],
  ["a search for a word", '{ search(text: "Learner77") { __typename } }'],
  ["a search for an e-mail address", '{ search(text: "LEARNER77@demo.example") { __typename } }'],
  ["a search for a number", '{ search(text: "1000077") { __typename } }'],
  ["a search for a UUID", '{ search(text: "c0000000-0000-4000-8000-000000000077") { __typename } }'],
  ["an order by its beginning", '{ search(text: "order-777") { __typename } }'],
  ["a run by words of its title", '{ search(text: "subject777 beginners") { __typename } }'],
  ["a run by its key", '{ search(text: "course-v1:Big+C.777+r0") { __typename } }'],
  ["the courses", "{ courses(first: 50) { edges { node { id runs { key } } } } }"],
  ["a later page of courses", `{ courses(after: "${afterCourse}") { edges { node { id } } } }`],
  ["an earlier page of courses", `{ courses(before: "${afterCourse}") { edges { node { id } } } }`],
  ["courses by a word", '{ courses(search: "subject77") { edges { node { id } } } }'],
  ["a course", '{ course(id: "c0000000-0000-4000-8000-000000000077") { runs { key } } }'],
  ["the course modes", "{ courseModes { slug isSold } }"],
  [
    "an object by its id",
    '{ nodes(ids: ["c0000000-0000-4000-8000-000000000077", "e0000000-0000-4000-8000-000000000001", "77", "course-v1:Big+C.777+r0"]) { id } }',
  ],
  ["a learner by name", '{ user(username: "learner9") { id } }'],
  ["a learner by e-mail", '{ userByEmail(email: "learner9@demo.example") { id } }'],
  [
    "a preview of an order",
    '{ orderPreview(username: "learner9", mode: "verified", courseUuids: ["c0000000-0000-4000-8000-000000000003"]) { warnings } }',
  ],
  ["a learner by id", '{ userById(id: "1000009") { id } }'],
])("%s: an index finds the rows, among 100,000 entitlements", async (_name, question) => {
  let answer: Awaited<ReturnType<typeof ask>> = {};
  const sent = await statementsOf(async () => {
    answer = await ask(app, question.includes("viewer") ? learner : grace, question);
  });
  expect(answer.errors).toBeUndefined();
  const read = sent.filter(({ text }) => !/^\s*(begin|commit|with clock)\b/.test(text)); // without the committer's
  for (const statement of read)
    for (const table of await scannedBy(statement)) expect(BIG_TABLES).not.toContain(table);
  expect(read.length).toBeGreaterThan(0);
});

test.each([
  "",
  "?page=2&page_size=2",
  "?user=learner9",
  "?user=learner9&expired_at__isnull=true",
  "?user=learner9&uuid=e0000000-0000-4000-8000-000000000001",
  "?user=learner9&course_uuid=c0000000-0000-4000-8000-000000000003,c0000000-0000-4000-8000-000000000004",
  "e0000000-0000-4000-8000-000000000001/",
])("the REST API, entitlements/%s: an index finds the rows", async (address) => {
  const [path, query = ""] = address.split("?");
  const sent = await statementsOf(async () => {
    for (const asking of [learner, grace, { ...learner, userId: null }])
      await restApi(app)({
        method: "GET",
        path: `entitlements/v1/entitlements/${path}`,
        parameters: new URLSearchParams(query),
        address: "",
        body: () => ({}),
        actor: asking,
        requestId: "plans",
      });
  });
  for (const statement of sent)
    for (const table of await scannedBy(statement)) expect(BIG_TABLES).not.toContain(table);
  expect(sent.length).toBeGreaterThan(2);
});

test.each(["HOLDERS", "ACCOUNTS"] as const)(
  "learners are compared with the LMS in pages by an index: %s",
  async (which) => {
    const after = String(1_000_000 + LEARNERS / 2);
    for (const statement of await statementsOf(() => holders(app.db, which, after, 500)))
      expect(await scannedBy(statement)).toEqual([]);
  },
);

test("a page of a course is read from that course's index, in its order", async () => {
  const filter = 'filter: { courseUuids: ["c0000000-0000-4000-8000-000000000003"] }';
  const [page] = await statementsOf(() => ask(app, grace, `{ entitlements(${filter}, first: 50) ${nodes} }`));
  const rows = await app.db.query<{ "QUERY PLAN": string }[]>(`explain ${page!.text}`, page!.values);
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  expect(plan).toContain("course_entitlement_course_uuid_idx");
  expect(plan).not.toContain("Sort");
});

test.each([
  ["the first page", ""],
  [
    "a page in the middle",
    `, after: "${new Cursors("entitlements.CREATED_AT.DESC", "instant").write({
      value: new Date(Date.now() - (ENTITLEMENTS / 2) * 60_000).toISOString(),
      id: "e0000000-0000-4000-8000-000000000001",
    })}"`,
  ],
  ["the last page", ", last: 20"],
])("as of an instant, %s of everybody is read from few blocks of the database", async (_name, args) => {
  const [{ at }] = await app.db.query<[{ at: Date }]>("select settled_until as at from history_clock");
  const question = `{ entitlements(asOf: "${at.toISOString()}"${args}) { edges { node { id mode } } } }`;
  const [page] = await statementsOf(() => ask(app, grace, question));
  const [row] = await app.db.query<{ "QUERY PLAN": [{ Plan: Record<string, number> }] }[]>(
    `explain (analyze, buffers, format json) ${page!.text}`,
    page!.values,
  );
  const { Plan: plan } = row!["QUERY PLAN"][0];
  expect(plan["Actual Rows"]).toBe(21);
  expect(plan["Shared Hit Blocks"]! + plan["Shared Read Blocks"]!).toBeLessThan(2_000);
});

test.each([
  ["all changes", { entitlementId: null, learnerId: null }],
  ["the changes of a learner", { entitlementId: null, learnerId: "1000007" }],
  [
    "the changes of an entitlement",
    { entitlementId: "e0000000-0000-4000-8000-000000000001", learnerId: null },
  ],
])("%s after an id: an index finds the rows", async (_name, scope) => {
  const [sent] = await statementsOf(() => readFeed(app.db, scope, 1_000n, 1_100n, 100));
  for (const table of await scannedBy(sent!)) expect(BIG_TABLES).not.toContain(table);
});

test("events of the LMS: indexes find what they concern", async () => {
  const run = "course-v1:Big+C.7+r1";
  const events = [
    anEvent(TYPES.left, enrollmentData("1000007", run)),
    anEvent(TYPES.certified, certificateData("1000007", run)),
    anEvent(TYPES.registered, { user: userData("1000007", "learner8") }),
    anEvent(TYPES.rescheduled, { catalog_info: { course_key: run } }),
    anEvent(TYPES.saved, { entitlement: { user: { id: 1_000_007 } } }),
  ];
  const sent = await statementsOf(() => noteEvents(app, events));
  const noting = sent.filter(({ text }) => text.includes("jsonb_to_recordset"));
  expect(noting).toHaveLength(1);
  for (const table of await scannedBy(noting[0]!)) expect([...BIG_TABLES, "seen_event"]).not.toContain(table);
});

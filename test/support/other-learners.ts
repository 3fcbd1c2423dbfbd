import { randomUUID } from "node:crypto";
import type { App } from "../../src/app";
import type { Actor } from "../../src/auth/actor";
import { UserAccount } from "../../src/entities/accounts/user-account";
import { Cursors } from "../../src/graphql/pages/cursors";
import { expireEntitlement } from "../../src/use-cases/entitlements/expire-entitlement";
import { reissueEntitlement } from "../../src/use-cases/entitlements/reissue-entitlement";
import { setRefundLock } from "../../src/use-cases/entitlements/set-refund-lock";
import { unenrollAndRefund } from "../../src/use-cases/refunds/unenroll-and-refund";
import type { Sent } from "./walk";
import { aCourse, ada, ago, anEntitlement, aRun, by, put } from "./world";

/** Ada, who sends the requests, and other learners of the same course, whose data she must not see. */
export interface Neighbourhood {
  /** Texts, in small letters, that stand in rows of others, or that Ada must not know of her own. */
  secrets: string[];
  /** The values of other learners, each with a value that no learner has. */
  theirs: Sent[];
  /** The values of Ada, or of all learners. */
  own: Sent[];
  /**
   * Instants from before all changes to after them; at one of them an entitlement of Ada belonged to another learner.
   */
  instants: string[];
}

const noRoles = { isSupport: false, isStaff: false, isService: false, isAuditor: false, isSuperuser: false };
const quill: Actor = { userId: "770102030405", username: "quillfeather", ...noRoles };
const marlowe: Actor = { userId: "880102030405", username: "marlowe", ...noRoles, isSupport: true };
/** The history of the other learners has ids that occur nowhere else. */
const THEIR_HISTORY = "7700000000";
const MARKS = [
  "quill",
  "marlowe",
  "zedoperator",
  "order_not_refundable",
  quill.userId!,
  marlowe.userId!,
  THEIR_HISTORY,
];

/** Fills a database with rows of every kind for Ada and for other learners. */
export async function fillNeighbourhood(app: App): Promise<Neighbourhood> {
  for (const { userId, username } of [quill, marlowe])
    await put(app, UserAccount, {
      id: userId!,
      username,
      email: `${username}@plume.example`,
      name: username,
      isActive: true,
    });
  const shared = aCourse();
  const runs = [await aRun(app, shared), await aRun(app, shared)];
  const moved = await anEntitlement(app, {
    userId: quill.userId!,
    courseUuid: shared,
    run: await aRun(app, shared),
  });
  const refunds = await idsOf(
    app,
    `insert into refund (entitlement_id, order_number, state, answer, shop_references, created_at, modified_at)
     select '${moved}', 'EDX-QUILL-MOVED', state, 'ACCEPTED', '{quill-ref}', now(), now()
     from unnest(array['FAILED', 'SUCCEEDED']) state returning id`,
  );
  const [{ at }] = await app.db.query<[{ at: Date }]>("select clock_timestamp() as at");
  await aLife(app, ada, shared, runs, "EDX-ADA");
  await app.db.query(`alter sequence history_id_seq restart with ${THEIR_HISTORY}01`);
  const theirCourse = aCourse();
  const theirRuns = [await aRun(app, theirCourse), await aRun(app, theirCourse)];
  await aLife(app, quill, shared, runs, "EDX-QUILL-SHARED");
  await aLife(app, quill, theirCourse, theirRuns, "EDX-QUILL");
  await app.db.query("alter sequence history_id_seq restart with 880000000001");
  await asOperator(
    app,
    `update course_entitlement set user_id = 1, enrollment_id = null where id = '${moved}'`,
  );
  const own = await ownOf(app, shared, moved);
  const theirs = await theirsOf(app, theirCourse, theirRuns);
  const secrets = [...MARKS, theirCourse, ...theirRuns, ...refunds, ...(await secretIds(app))].map((secret) =>
    secret.toLowerCase(),
  );
  const instants = ["2020-01-01T00:00:00.000Z", at.toISOString(), "2100-01-01T00:00:00.000Z"];
  return { own, theirs, instants, secrets };
}

/** All changes to the entitlements of a learner, also by an agent and by an operator. */
async function aLife(app: App, who: Actor, courseUuid: string, runs: string[], order: string): Promise<void> {
  const mine = { userId: who.userId!, courseUuid };
  const asked = { ...by(who, app), requestId: `request-${who.username}` };
  const agent = by(marlowe, app);
  const comments = `marlowe wrote of ${who.username}`;
  let made = 0;
  const one = (given: object = {}) =>
    anEntitlement(app, { ...mine, orderNumber: `${order}-${++made}`, createdAt: ago(made), ...given });
  await one();
  await one({ mode: "professional" });
  const expired = await one();
  await expireEntitlement(agent, { entitlementId: expired, comments });
  const declined = await one({ run: runs[0], orderNumber: `${order}-DECLINED` });
  await unenrollAndRefund(asked, { entitlementId: declined, refund: "REQUEST" }).catch(() => null);
  await setRefundLock(agent, { entitlementId: declined, isLocked: true, comments });
  const reissued = await one({ run: runs[1] });
  await reissueEntitlement(agent, { entitlementId: reissued, comments });
  await asOperator(app, `update course_entitlement set expired_at = now() where id = '${reissued}'`);
  const gone = await one();
  await app.db.query("delete from course_entitlement where id = $1", [gone]);
}

function asOperator(app: App, sql: string): Promise<void> {
  return app.db.transaction(async (tx) => {
    await tx.query(
      "select set_config('history.user', 'zedoperator', true), set_config('history.reason', 'x', true)",
    );
    await tx.query(sql);
  });
}

const ID = /^(id|ids|entityIds|entitlementIds?|refundId|policyId)$/;
const ENTRY = /historyEntryId$/i;

/** Cursors of each list for learners and for support, by the field of the list. */
function cursorsFor(at: string, entry: string, id: string): { of: string; value: string }[] {
  const lists = [
    ...["User.entitlements", "CourseEntitlement.supportDetails"].map((of) => ({ of, name: of, value: at })),
    ...["entitlements", "refunds", "enrollmentCalls"].map((name) => ({
      of: `Query.${name}`,
      name,
      value: at,
    })),
  ].map(({ of, name, value }) => ({ of, name: `${name}.CREATED_AT.DESC`, value }));
  const histories = [
    ["CourseEntitlement", "COURSE_ENTITLEMENT."],
    ["SupportDetail", "SUPPORT_DETAIL."],
    ["Refund", "REFUND."],
    ["CourseEntitlementPolicy", "COURSE_ENTITLEMENT_POLICY."],
    ["Query", ""],
  ].map(([of, type]) => ({ of: `${of}.history`, name: `${type}history.ID.DESC`, value: entry }));
  return [...lists, ...histories].map(({ of, name, value }) => ({
    of,
    value: new Cursors(name, "text").write({ value, id }),
  }));
}

/** The argument values that Ada may use. */
async function ownOf(app: App, course: string, moved: string): Promise<Sent[]> {
  const ids = await idsOf(app, "select id from course_entitlement where user_id = 1");
  const texts: [RegExp, string[]][] = [
    [
      ID,
      [
        ...ids,
        moved,
        moved,
        ...(await idsOf(app, "select id from refund where order_number like 'EDX-ADA%'")),
      ],
    ],
    [/^(courseUuids?|search)$/, [course]],
    [/^(username|changedBy)$/, ["ada", "system"]],
    [/^requestId$/, ["request-ada"]],
    [/^reasons$/, ["expireEntitlement", "test"]],
  ];
  const forged = cursorsFor("2026-02-30T00:00:00.000Z", "9".repeat(30), ids[0]!);
  const cursors = [
    ...ids.slice(0, 2).flatMap((id) => cursorsFor(ago(2).toISOString(), "999", id)),
    ...forged,
  ];
  return [
    ...texts.flatMap(([as, values]) => values.map((value) => ({ as, value, instead: value }))),
    ...cursors.map((cursor) => ({ as: /^(after|before)$/, ...cursor, instead: cursor.value })),
  ];
}

/** The ids that Ada may have learned elsewhere. */
async function theirsOf(app: App, course: string, runs: readonly string[]): Promise<Sent[]> {
  const ids = await secretIds(app);
  const [entry] = await app.db.query<{ id: string }[]>(
    "select max(history_id)::text as id from historical_course_entitlement where user_id = $1 and history_id < 880000000001",
    [quill.userId],
  );
  const instead = (id: string) => ({ as: ID, value: id, instead: randomUUID() });
  const cursors = ids.slice(0, 3).flatMap((id) => {
    const insteads = cursorsFor(ago(2.5).toISOString(), entry!.id, randomUUID());
    return cursorsFor(ago(2.5).toISOString(), entry!.id, id).map((cursor, place) => ({
      as: /^(after|before)$/,
      ...cursor,
      instead: insteads[place]!.value,
    }));
  });
  const told = /^(username|changedBy)$/;
  return [
    ...ids.map(instead),
    ...cursors,
    { as: ID, value: quill.userId!, instead: "990102030405" },
    { as: told, value: quill.username, instead: "nobody" },
    ...[1, 2, 3].map(() => ({ as: told, value: marlowe.username, instead: "nobody" })),
    { as: told, value: "zedoperator", instead: "nobody" },
    { as: /^email$/, value: "quillfeather@plume.example", instead: "nobody@plume.example" },
    { as: /^orderNumber$/, value: "EDX-QUILL-1", instead: "EDX-NONE-1" },
    { as: /^(courseUuids?|search)$/, value: course, instead: randomUUID(), isPublic: true },
    { as: /^requestId$/, value: "request-quillfeather", instead: "request-nobody" },
    { as: ENTRY, value: entry!.id, instead: "999999999999" },
    ...runs.map((run) => ({ as: /^courseRunKey$/, value: run, instead: run, isPublic: true })),
    { as: /^(comments|reasons?)$/, value: "A comment", instead: "A comment" },
    { as: /^mode$/, value: "verified", instead: "verified" },
  ];
}

/** The ids of rows that are not Ada's, or that she must not know of. */
function secretIds(app: App): Promise<string[]> {
  return idsOf(
    app,
    `with theirs as (
       select id from historical_course_entitlement where user_id <> 1
       except select id from course_entitlement where user_id = 1)
     select id from theirs
     union select id from course_enrollment where user_id <> 1
     union select id from historical_course_entitlement_support_detail
     union select id from historical_refund where entitlement_id in (select id from theirs)`,
  );
}

async function idsOf(app: App, sql: string): Promise<string[]> {
  const rows = await app.db.query<{ id: string }[]>(sql);
  return rows.map(({ id }) => id);
}

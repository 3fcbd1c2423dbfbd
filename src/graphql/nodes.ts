import { isUUID } from "class-validator";
import { mayReadAnyone } from "../auth/actor";
import type { Refund } from "../entities/refund";
import type { TrackedType } from "../history/tracked-types";
import { staffOrAuditor } from "../auth/who";
import { deadLettersById, webhooksById } from "../reads/webhooks/webhooks";
import { supportAgentsById } from "../reads/accounts/support-agents";
import { entitlementsById } from "../reads/entitlement-facts";
import type { EntitlementFacts } from "../reads/entitlement-facts";
import { coursesById, runsByKey } from "../reads/finding/courses";
import { kindsOf, type NodeKind } from "../reads/finding/nodes";
import { entitlementIdOf, entriesById } from "../reads/history-entries";
import { enrollmentCallsById } from "../reads/lms/enrollment-calls";
import { policiesById } from "../reads/policies";
import { refundsById, refundsOf } from "../reads/refunds";
import { supportDetailsById } from "../reads/support-details";
import { byKey } from "../store/by-key";
import { learnerToTell, maySee, type Context } from "./context";
import { toEntryView } from "./history";
import { toPolicyView } from "./types/policies/course-entitlement-policy";
import { CourseView, toCourse } from "./types/catalog";
import { CourseRunView, toCourseRun } from "./types/course";
import { toEnrollmentCallView } from "./types/enrollment-call";
import { toEntitlement } from "./types/entitlements/course-entitlement";
import { toSupportDetailView } from "./types/entitlements/support-detail";
import { HistoryEntryView } from "./types/history-entry";
import type { Node } from "./types/node";
import { toRefundView } from "./types/refunds/refund";
import { toDeadLetterView, toWebhookView } from "./types/webhooks/webhook";
import { toSupportAgentView } from "./types/support-agent";

type Found = (Node | null)[];

/**
 * The objects of some ids, in their order; null for what does not exist and for what the actor may not see. The form of
 * an id tells what it may name; what UUIDs name is asked once for all of them, and then once for each type that is found.
 */
export async function nodesOf(context: Context, ids: readonly string[]): Promise<Found> {
  const uuids = ids.filter((id) => isUUID(id)).map((id) => id.toLowerCase());
  const entries = ids.filter((id) => /^\d{1,18}$/.test(id));
  const keys = ids.filter((id) => id.includes("+") || id.includes("/"));
  const found = new Map<string, Node>();
  const collect = async (named: readonly string[], load: (named: readonly string[]) => Promise<Found>) => {
    if (named.length === 0) return;
    for (const [index, node] of (await load(named)).entries()) if (node) found.set(named[index]!, node);
  };
  const kinds = uuids.length > 0 ? await kindsOf(context.app.db, uuids) : [];
  for (const kind of KINDS)
    await collect(
      kinds.filter((one) => one.kind === kind).map(({ id }) => id),
      (named) => LOADERS[kind](context, named),
    );
  await collect(entries, (named) => entriesOfIds(context, named));
  await collect(keys, (named) => runsOfKeys(context, named));
  const defaults = toPolicyView(null, context.app.config.defaultPeriods);
  found.set(defaults.id, defaults);
  return ids.map((id) => found.get(isUUID(id) ? id.toLowerCase() : id) ?? null);
}

/** How what each kind of UUID names is loaded. Should one UUID name several objects, the last one of these is meant. */
const LOADERS: Record<NodeKind, (context: Context, ids: readonly string[]) => Promise<Found>> = {
  COURSE: async ({ app }, ids) =>
    (await coursesById(app.db, ids)).map(
      (course) => course && Object.assign(new CourseView(), toCourse(course.courseUuid, course.runs)),
    ),
  COURSE_ENTITLEMENT: async (context, ids) =>
    (await visibleEntitlements(context, ids)).map((facts) => facts && toEntitlement(context, facts)),
  REFUND: async (context, ids) =>
    (await visibleRefunds(context, ids)).map((refund) => refund && toRefundView(refund)),
  SUPPORT_DETAIL: async ({ app, actor }, ids) =>
    actor && mayReadAnyone(actor)
      ? (await supportDetailsById(app.db, ids)).map((facts) => facts && toSupportDetailView(facts))
      : [],
  ENROLLMENT_CALL: async ({ app, actor }, ids) =>
    actor && mayReadAnyone(actor)
      ? (await enrollmentCallsById(app.db, ids)).map((facts) => facts && toEnrollmentCallView(facts))
      : [],
  COURSE_ENTITLEMENT_POLICY: async ({ app }, ids) =>
    (await policiesById(app.db, ids)).map(
      (policy) => policy && toPolicyView(policy, app.config.defaultPeriods),
    ),
  DEAD_LETTER: async ({ app, actor }, ids) =>
    actor && staffOrAuditor.allows(actor)
      ? (await deadLettersById(app.db, ids)).map((letter) => letter && toDeadLetterView(letter))
      : [],
  WEBHOOK: async ({ app, actor }, ids) =>
    actor && staffOrAuditor.allows(actor)
      ? (await webhooksById(app.db, ids)).map((facts) => facts && toWebhookView(facts))
      : [],
  SUPPORT_AGENT: async ({ app, actor }, ids) =>
    actor && staffOrAuditor.allows(actor)
      ? (await supportAgentsById(app.db, ids)).map((facts) => facts && toSupportAgentView(facts))
      : [],
};

const KINDS = Object.keys(LOADERS) as NodeKind[];

async function runsOfKeys({ app }: Context, keys: readonly string[]): Promise<Found> {
  const runs = await runsByKey(app.db, keys);
  return runs.map((run) => run && Object.assign(new CourseRunView(), toCourseRun(run.key, run)));
}

/** History entries: of an entitlement and what belongs to it for who may see it, and otherwise as the list of all. */
async function entriesOfIds(context: Context, ids: readonly string[]): Promise<Found> {
  const { app, actor } = context;
  const entries = await entriesById(app.db, ids);
  const seesAll = actor !== null && staffOrAuditor.allows(actor);
  const seesSupport = actor !== null && mayReadAnyone(actor);
  const owners = await visibleEntitlements(
    context,
    entries.map((entry) => entry && entitlementIdOf(entry)),
  );
  const refundIds = entries.flatMap((entry) => (entry?.entityType === "REFUND" ? entry.entityId : []));
  const refunds = new Set((await visibleRefunds(context, refundIds)).map((refund) => refund?.id));
  return entries.map((entry, index) => {
    if (!entry) return null;
    const facts = owners[index]!;
    const mayBeSeen: Record<TrackedType, boolean> = {
      COURSE_ENTITLEMENT: facts !== null,
      REFUND: refunds.has(entry.entityId),
      SUPPORT_DETAIL: seesSupport,
      COURSE_ENTITLEMENT_POLICY: seesSupport,
      COURSE_ENROLLMENT: seesSupport,
      CERTIFICATE: seesSupport,
      COURSE_RUN: seesSupport,
      ERASURE: false,
      SUPPORT_AGENT: false,
      WEBHOOK: false,
    };
    if (!seesAll && !mayBeSeen[entry.entityType]) return null;
    return Object.assign(new HistoryEntryView(), toEntryView(context, entry, facts?.userId ?? null));
  });
}

/** Refunds of entitlements that the actor may see; of a learner's, those that were requested while it was theirs. */
async function visibleRefunds(context: Context, ids: readonly string[]): Promise<(Refund | null)[]> {
  const { db } = context.app;
  const refunds = ids.length > 0 ? await refundsById(db, ids) : [];
  const owners = await visibleEntitlements(
    context,
    refunds.map((refund) => refund?.entitlementId ?? null),
  );
  const owned = owners.filter((facts) => facts !== null);
  const learnerId = owned[0] ? learnerToTell(context, owned[0]) : null;
  if (learnerId === null) return refunds.map((refund, index) => (owners[index] ? refund : null));
  const told = await refundsOf(
    db,
    owned.map(({ id }) => id),
    learnerId,
  );
  return byKey(ids, told.flat(), ({ id }) => id);
}

async function visibleEntitlements(
  context: Context,
  ids: readonly (string | null)[],
): Promise<(EntitlementFacts | null)[]> {
  const asked = ids.filter((id) => id !== null);
  const found = asked.length > 0 ? await entitlementsById(context.app.db, asked) : [];
  const visible = found.filter((facts) => maySee(context, facts));
  return byKey(
    ids.map((id) => id ?? ""),
    visible,
    ({ id }) => id,
  );
}

import type { Refund } from "../../entities/refund";
import { instantOf } from "../../history/visible";
import { byKey } from "../../store/by-key";
import type { Row } from "../../store/rows/fields";
import { select, type Database } from "../../store/statement";
import { selectSupportAgents, toSupportAgent, type SupportAgentFacts } from "../accounts/support-agents";
import type { HistoryErasure } from "../../entities/accounts/history-erasure";
import type { CourseRun } from "../../entities/course-run";
import { decidingAsOf, runsOfDetails } from "../as-of";
import {
  RUN,
  selectEnrollments,
  toEnrollment,
  type CertificateFacts,
  type EnrollmentFacts,
} from "../enrollments";
import { selectFacts, toFacts, type EntitlementFacts } from "../entitlement-facts";
import { POLICY, type PolicyFacts } from "../policies";
import { selectRefunds } from "../refunds";
import { selectSupportDetails, toSupportDetail, type SupportDetailFacts } from "../support-details";
import { selectWebhooks, toWebhook, type WebhookFacts } from "../webhooks/webhooks";
import { entriesIn } from "./entry-rows";

/** A row of a history, with its entry. */
interface EntryRow extends Row {
  entryId: string;
}

/** An entitlement as an entry of its history left it. */
export interface FactsOfEntry {
  facts: EntitlementFacts;
  /** From when on it was so: the instant from which the entry counts. */
  instant: Date;
  /** Whether that instant is settled. */
  isSettled: boolean;
}

/** The entries of a history in the first parameter, each with the instant from which it counts. */
function datedEntriesIn(history: string, columns = ""): string {
  return `(select h.*, ${columns} ${instantOf("h", "x")} as instant, x.txid is not null as is_settled
    from ${entriesIn(history)} h left join history_transaction x on x.txid = h.history_txid)`;
}

/** Entitlements as entries of their history left them, with what decided about them at those instants. */
export async function factsOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(FactsOfEntry | null)[]> {
  const sql = selectFacts({
    ...decidingAsOf("e.instant"),
    entitlements: datedEntriesIn("historical_course_entitlement"),
    columns: 'e.history_id::text as "entryId", e.instant, e.is_settled as "isSettled",',
  });
  const rows = await select<EntryRow & Omit<FactsOfEntry, "facts">>(db, sql, [entryIds]);
  return byKey(
    entryIds,
    rows,
    ({ entryId }) => entryId,
    (row) => ({ facts: toFacts(row), instant: row.instant, isSettled: row.isSettled }),
  );
}

/** Support details as entries of their history left them. */
export async function supportDetailsOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(SupportDetailFacts | null)[]> {
  const source = datedEntriesIn("historical_course_entitlement_support_detail");
  const sql = selectSupportDetails(source, 'd.history_id::text as "entryId",', runsOfDetails("d.instant"));
  const rows = await select<EntryRow>(db, sql, [entryIds]);
  return byKey(entryIds, rows, ({ entryId }) => entryId, toSupportDetail);
}

/** Policies as entries of their history left them. */
export async function policiesOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(PolicyFacts | null)[]> {
  const rows = await select<EntryRow>(
    db,
    `select p.history_id::text as "entryId", ${POLICY.list}
     from ${entriesIn("historical_course_entitlement_policy")} p left join site s on s.id = p.site_id`,
    [entryIds],
  );
  return byKey(entryIds, rows, ({ entryId }) => entryId, POLICY.of);
}

/** Refunds as entries of their history left them. */
export async function refundsOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(Refund | null)[]> {
  const source = entriesIn("historical_refund");
  const sql = selectRefunds(source, 'f.history_id::text as "entryId",');
  const rows = await select<Refund & { entryId: string }>(db, sql, [entryIds]);
  return byKey(entryIds, rows, ({ entryId }) => entryId);
}

/** Enrollments as entries of their history left them, with the runs of those instants. */
export async function enrollmentsOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(EnrollmentFacts | null)[]> {
  const source = datedEntriesIn("historical_course_enrollment", "null::timestamptz as seen_at,");
  const sql = selectEnrollments(source, decidingAsOf("n.instant"), 'n.history_id::text as "entryId",');
  const rows = await select<EntryRow>(db, sql, [entryIds]);
  return byKey(entryIds, rows, ({ entryId }) => entryId, toEnrollment);
}

/** Runs as entries of their history left them. */
export async function runsOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(CourseRun | null)[]> {
  const rows = await select<EntryRow>(
    db,
    `select r.history_id::text as "entryId", ${RUN.list}
     from (select *, null::timestamptz as seen_at from ${entriesIn("historical_course_run")} h) r`,
    [entryIds],
  );
  return byKey(entryIds, rows, ({ entryId }) => entryId, RUN.of);
}

/** Certificates as entries of their history left them, with the runs of those instants. */
export async function certificatesOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(CertificateFacts | null)[]> {
  const rows = await select<EntryRow & Omit<CertificateFacts, "run">>(
    db,
    `select n.history_id::text as "entryId", n.id, n.course_run_key as "courseRunKey", n.status, ${RUN.list}
     from ${datedEntriesIn("historical_certificate")} n
     left join ${decidingAsOf("n.instant").runs} r on r.key = n.course_run_key`,
    [entryIds],
  );
  return byKey(
    entryIds,
    rows,
    ({ entryId }) => entryId,
    (row) => ({ id: row.id, courseRunKey: row.courseRunKey, status: row.status, run: RUN.of(row) }),
  );
}

/** Support agents as entries of their history left them. */
export async function supportAgentsOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(SupportAgentFacts | null)[]> {
  const sql = selectSupportAgents(entriesIn("historical_support_agent"), 'a.history_id::text as "entryId",');
  const rows = await select<EntryRow>(db, sql, [entryIds]);
  return byKey(entryIds, rows, ({ entryId }) => entryId, toSupportAgent);
}

/** Erasures as they were recorded. */
export async function erasuresOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(HistoryErasure | null)[]> {
  const rows = await select<HistoryErasure & { entryId: string }>(
    db,
    `select history_id::text as "entryId", id, user_id as "userId", comments, entries, created_at as "createdAt",
       entity_type as "entityType", covers_until as "coversUntil"
     from ${entriesIn("historical_history_erasure")} h`,
    [entryIds],
  );
  return byKey(entryIds, rows, ({ entryId }) => entryId);
}

/** Webhooks as entries of their history left them. */
export async function webhooksOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(WebhookFacts | null)[]> {
  const sql = selectWebhooks(entriesIn("historical_webhook"), 'w.history_id::text as "entryId",');
  const rows = await select<EntryRow>(db, sql, [entryIds]);
  return byKey(entryIds, rows, ({ entryId }) => entryId, toWebhook);
}

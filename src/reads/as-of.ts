import { idNamed } from "./accounts/users";
import type { Refund } from "../entities/refund";
import { byKey } from "../store/by-key";
import type { Row } from "../store/rows/fields";
import { listOf, select, type Database } from "../store/statement";
import { selectFacts, toFacts, type EntitlementFacts, type FactsSource } from "./entitlement-facts";
import type { EntitlementCriteria } from "./entitlement-search";
import { entriesIn } from "./finding/entry-rows";
import { selectWebhooks, toWebhook, type WebhookFacts } from "./webhooks/webhooks";
import { selectSupportAgents, toSupportAgent, type SupportAgentFacts } from "./accounts/support-agents";
import { POLICY, type PolicyFacts } from "./policies";
import { selectRefunds } from "./refunds";
import {
  selectSupportDetails,
  toSupportDetail,
  type SupportDetailFacts,
  type SupportDetailSource,
} from "./support-details";

/** A row of a history, with its entry. */
interface EntryRow extends Row {
  entryId: string;
}

/**
 * The rows of an instant: of each entity the newest entry by then, unless it was a deletion. The order is that of the
 * entries, not of their dates; dates of one entity never go back, so the two agree and equal dates do no harm.
 */
function rowsAsOf(history: string, at: string, narrowing = ""): string {
  return `(
    select * from (
      select distinct on (id) * from ${history} where history_date <= ${at} ${narrowing}
      order by id, history_id desc
    ) newest where history_type <> '-')`;
}

/** The policy of an entitlement `e` at an instant. */
function policyAsOf(at: string): string {
  return `lateral ${rowsAsOf("historical_course_entitlement_policy", at, "and id = e.policy_id")}`;
}

/** The refunds of an entitlement `e` at an instant. */
function refundsAsOf(at: string): string {
  return `lateral ${rowsAsOf("historical_refund", at, "and entitlement_id = e.id")}`;
}

/** Reads entitlements, their policies and their refunds as they were at the instant in a parameter, narrowed to some ids. */
export function asOfSource(at: string, narrowing = ""): FactsSource {
  return {
    entitlements: rowsAsOf("historical_course_entitlement", at, narrowing),
    policies: policyAsOf(at),
    refunds: refundsAsOf(at),
  };
}

/** Entitlements as they were; those that did not exist then are null. */
export async function factsAsOf(
  db: Database,
  ids: readonly string[],
  at: Date,
): Promise<(EntitlementFacts | null)[]> {
  const sql = selectFacts(asOfSource("$2", `and id = any(${listOf("$1", "uuid")})`));
  const rows = await select(db, sql, [ids, at]);
  return byKey(ids, rows.map(toFacts), ({ id }) => id);
}

/** Entitlements as entries of their history left them, with the policies of those instants. */
export async function factsOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(EntitlementFacts | null)[]> {
  const sql = selectFacts({
    entitlements: entriesIn("historical_course_entitlement"),
    policies: policyAsOf("e.history_date"),
    refunds: refundsAsOf("e.history_date"),
    columns: 'e.history_id::text as "entryId",',
  });
  const rows = await select<EntryRow>(db, sql, [entryIds]);
  return byKey(entryIds, rows, ({ entryId }) => entryId, toFacts);
}

/**
 * SQL that narrows history to the entitlements that ever matched what an index knows of, so that a list of an instant
 * need not read all of it. `add` makes a parameter of a value.
 */
export function everMatching(criteria: EntitlementCriteria, add: (value: unknown) => string): string {
  const { ids, username, courseUuids, orderNumber } = criteria;
  const where: string[] = [];
  if (ids) where.push(`id = any(${add(ids)}::uuid[])`);
  if (username) where.push(`user_id = ${idNamed(add(username))}`);
  if (courseUuids) where.push(`course_uuid = any(${add(courseUuids)}::uuid[])`);
  if (orderNumber) where.push(`order_number = ${add(orderNumber)}`);
  if (where.length === 0) return "";
  return `and id in (select id from historical_course_entitlement where ${where.join(" and ")})`;
}

/** Reads support details as they were. */
export function supportDetailsAsOf(at: Date): SupportDetailSource {
  const history = "historical_course_entitlement_support_detail";
  const ever = `and id in (select id from ${history} where entitlement_id = k.entitlement_id)`;
  return (parameter) => rowsAsOf(history, parameter(at), ever);
}

/** Support details as entries of their history left them. */
export async function supportDetailsOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(SupportDetailFacts | null)[]> {
  const source = entriesIn("historical_course_entitlement_support_detail");
  const sql = selectSupportDetails(source, 'd.history_id::text as "entryId",');
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

/** Reads refunds as they were, of the entitlements in the first parameter. */
export function refundListAsOf(at: Date): (parameter: (value: unknown) => string) => string {
  return (parameter) =>
    rowsAsOf("historical_refund", parameter(at), `and entitlement_id = any(${listOf("$1", "uuid")})`);
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

/** Support agents as entries of their history left them. */
export async function supportAgentsOfEntries(
  db: Database,
  entryIds: readonly string[],
): Promise<(SupportAgentFacts | null)[]> {
  const sql = selectSupportAgents(entriesIn("historical_support_agent"), 'a.history_id::text as "entryId",');
  const rows = await select<EntryRow>(db, sql, [entryIds]);
  return byKey(entryIds, rows, ({ entryId }) => entryId, toSupportAgent);
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

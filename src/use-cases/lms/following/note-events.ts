import type { EntityManager } from "typeorm";
import { LOOKS_DUE_AT_MOST, QUIET_MS, QUIET_TIMES_AT_MOST } from "../../../rules/lms/look-rules";
import { repeat, select } from "../../../store/statement";
import { SystemUnavailable } from "../../../store/unavailable";
import { systemCommand } from "../../system-command";
import { transactSurely } from "../../../store/transact-surely";
import type { App } from "../../../app";
import { hintOf, type Hint, type LmsEvent } from "./hint-of";

/** What became of an event. */
export type Noted =
  /** The LMS will be read again. */
  | "QUEUED"
  /** It was noted before. */
  | "KNOWN"
  /** It concerns no learner and no run that we have anything to do with. */
  | "FOREIGN"
  /** Its type is not one of those that are followed. */
  | "UNKNOWN_TYPE"
  /** It does not tell what an event of its type must tell. */
  | "MALFORMED";

/**
 * Notes what events say is to be read from the LMS again; nothing that they tell is stored as a fact. Returns what became
 * of each of them, in their order. Rejects with SystemUnavailable when too many looks are due.
 */
export const noteEvents = systemCommand(
  "noteEvents",
  async (sign, { db }: Pick<App, "db">, events: readonly LmsEvent[]): Promise<Noted[]> => {
    const read = events.map((event) => ({ eventId: event.id, hint: hintOf(event) }));
    const hints = read.flatMap(({ eventId, hint }) => (typeof hint === "string" ? [] : { eventId, ...hint }));
    const noted =
      hints.length > 0 ? await transactSurely(db, sign("JOB", null), (tx) => note(tx, hints)) : [];
    const isQueued = new Map(noted.map(({ eventId, isNew }) => [eventId, isNew]));
    return read.map(({ eventId, hint }) => {
      if (typeof hint === "string") return hint;
      const isNew = isQueued.get(eventId);
      isQueued.set(eventId, false); // a second one of the same id
      return isNew === undefined ? "FOREIGN" : isNew ? "QUEUED" : "KNOWN";
    });
  },
);

/**
 * The hints that concern an account, an entitlement or a run of ours. A run that is not known may belong to a course of
 * which the learner has an entitlement. An account that is not known may have the name under which we know another one.
 */
const CONCERNING = `
  select event_id, reason, user_id, run_key from hint h
  where reason = 'ENROLLMENT' and exists (
    select from course_enrollment n where n.user_id = h.user_id and h.run_key in ('', n.course_run_key)
    union all
    select from course_entitlement e where e.user_id = h.user_id and e.expired_at is null
      and e.course_uuid = coalesce((select r.course_uuid from course_run r where r.key = h.run_key), e.course_uuid))
  union all
  select event_id, reason, user_id, run_key from hint h
  where reason = 'CERTIFICATE' and exists (
    select from course_enrollment n join course_entitlement e on e.enrollment_id = n.id
    where n.user_id = h.user_id and n.course_run_key = h.run_key)
  union all
  select h.event_id, h.reason, held.id, '' from hint h join user_account held
    on held.id in (h.user_id, (
      select named.id from user_account named where lower(named.username) collate "C" = lower(h.username) collate "C"
      order by named.username = h.username desc limit 1))
  where h.reason = 'ACCOUNT'
  union all
  select h.event_id, h.reason, 0, h.run_key from hint h join course_run r on r.key = h.run_key
  where h.reason = 'RUN' and exists (
    select from course_entitlement e where e.course_uuid = r.course_uuid and e.expired_at is null)`;

const NOTE = `
  with hint as (
    select "eventId" as event_id, reason, "userId" as user_id, username, coalesce("courseRunKey", '') as run_key
    from jsonb_to_recordset($1::jsonb)
      told ("eventId" text, reason text, "userId" bigint, username text, "courseRunKey" text)
  ), concerning as (${CONCERNING}),
  seen as (
    insert into seen_event (id, seen_at) select distinct event_id, clock_timestamp() from concerning order by event_id
    on conflict do nothing returning id
  ), due as (
    insert into reconcile_due as due (user_id, run_key, reason, hints, attempt, noted_at, due_at)
    select user_id, run_key, reason, count(*), 0, clock_timestamp(), clock_timestamp() + ($2::jsonb ->> reason)::interval
    from concerning where event_id in (select id from seen)
    group by user_id, run_key, reason order by user_id, run_key, reason
    on conflict (user_id, run_key, reason) do update set
      hints = due.hints + excluded.hints,
      due_at = case when due.attempt = 0
        then least(excluded.due_at, due.noted_at + $3 * ($2::jsonb ->> due.reason)::interval)
        else greatest(excluded.due_at, due.due_at) end
  )
  select distinct event_id as "eventId", event_id in (select id from seen) as "isNew" from concerning`;

const QUIET = JSON.stringify(
  Object.fromEntries(Object.entries(QUIET_MS).map(([reason, ms]) => [reason, `${ms} milliseconds`])),
);

async function note(tx: EntityManager, hints: readonly (Hint & { eventId: string })[]) {
  const [{ count } = { count: 0 }] = await select<{ count: number }>(
    tx,
    "select count(*)::int as count from (select from reconcile_due limit $1) due",
    [LOOKS_DUE_AT_MOST],
  );
  if (count >= LOOKS_DUE_AT_MOST) throw new SystemUnavailable("too many looks at the LMS are due");
  return repeat<{ eventId: string; isNew: boolean }>(tx.queryRunner!, NOTE, [
    JSON.stringify(hints),
    QUIET,
    QUIET_TIMES_AT_MOST,
  ]);
}

import { isDeepStrictEqual } from "node:util";
import type { EntityManager } from "typeorm";
import type { App } from "../app";
import { mayActForAnyone, owns, type Actor } from "../auth/actor";
import { CourseEntitlement } from "../entities/course-entitlement";
import type { EntitlementFacts } from "../entities/entitlement-facts";
import { entitlementsById, standingOf } from "../entities/entitlement-queries";
import type { Periods, Standing } from "../policy/entitlement-policy";
import { Refusal } from "../refusal";
import { transact } from "../store/transact";

/** Somebody's wish to change something: who, when and as part of which request. */
export interface Request {
  app: App;
  actor: Actor;
  /** The instant all decisions of the request are taken at. */
  now: Date;
  requestId: string | null;
}

/** One transaction of a request, signed with the name of the command. It is either wholly done or not at all. */
export function act<T>(
  request: Request,
  reason: string,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  const { app, actor, requestId } = request;
  const change = {
    userId: actor.userId,
    userLabel: actor.username,
    reason,
    source: "API" as const,
    requestId,
  };
  return transact(app.db, change, work);
}

/** An entitlement that nobody else can change until the transaction ends, with all that decisions need. */
export interface LockedEntitlement {
  row: CourseEntitlement;
  facts: EntitlementFacts;
  standing: Standing;
  periods: Periods;
}

/** Locks an entitlement. Another learner's counts as missing, so that ids cannot be probed. */
export async function lockEntitlement(
  tx: EntityManager,
  { app, actor }: Request,
  id: string,
): Promise<LockedEntitlement> {
  const row = await tx.findOne(CourseEntitlement, { where: { id }, lock: { mode: "for_no_key_update" } });
  const [facts] = row ? await entitlementsById(tx, [id]) : [];
  if (!row || !facts || !(owns(actor, facts) || mayActForAnyone(actor)))
    throw new Refusal("ENTITLEMENT_NOT_FOUND", "There is no such entitlement.", { field: "entitlementId" });
  return { row, facts, standing: standingOf(facts), periods: facts.policy ?? app.config.defaultPeriods };
}

/** Writes what a decision has changed of a locked entitlement, if anything, and returns how it stands now. */
export async function save(
  tx: EntityManager,
  { now }: Request,
  { row }: LockedEntitlement,
  changes: Partial<CourseEntitlement>,
): Promise<EntitlementFacts> {
  const isChanged = Object.entries(changes).some(
    ([field, value]) => !isDeepStrictEqual(row[field as keyof CourseEntitlement], value),
  );
  if (isChanged) await tx.save(Object.assign(row, changes, { modifiedAt: now }));
  const [facts] = await entitlementsById(tx, [row.id]);
  return facts!;
}

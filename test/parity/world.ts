import type { DataSource, EntityManager } from "typeorm";
import { CourseEntitlementPolicy } from "../../src/entities/course-entitlement-policy";
import { CourseMode } from "../../src/entities/course-mode";
import { CourseRun } from "../../src/entities/course-run";
import { Site } from "../../src/entities/site";
import { UserAccount } from "../../src/entities/accounts/user-account";
import { transact, type Change } from "../../src/store/transact";
import { toPeriods } from "./answers";
import type { RecordedWorld } from "./vectors";

/** The modes that entitlements of the vectors are sold in. */
const PAID_MODES = ["verified", "professional", "no-id-professional"];

/** Where the learners and policies of a vector are in the database. */
export interface World {
  userIds: Map<string, string>;
  policyIds: Map<string, string>;
}

/** The author of the replayed changes. */
export const replayer: Change = {
  userId: null,
  userLabel: "system",
  reason: "parity",
  source: "CLI",
  requestId: null,
};

/** Empties the database, and stores the learners, runs and policies of a vector. */
export async function enterWorld(db: DataSource, world: RecordedWorld): Promise<World> {
  return transact(db, replayer, async (tx) => {
    await leaveWorld(tx);
    const userIds = new Map(world.users.map((alias, index) => [alias, String(index + 1)]));
    await tx.save([...userIds].map(([username, id]) => tx.create(UserAccount, { id, username })));
    await tx.save(world.runs.map((run) => tx.create(CourseRun, toRun(run, world.catalog))));
    // The recorded fulfillability of a run becomes its offer of every paid mode, or of none.
    const offering = world.runs.filter(({ run }) => world.fulfillable[run]);
    await tx.save(
      offering.flatMap(({ run }) =>
        PAID_MODES.map((slug) =>
          tx.create(CourseMode, { courseRunKey: run, slug, currency: "usd", minPrice: 1 }),
        ),
      ),
    );
    return { userIds, policyIds: await enterPolicies(tx, world) };
  });
}

/** Everything goes with its owner, but for policies, which no entitlement may lose. */
async function leaveWorld(tx: EntityManager): Promise<void> {
  await tx.query(`
    delete from user_account; delete from course_entitlement_policy; delete from site;
    delete from course_mode; delete from course_run`);
}

function toRun(
  { run, start }: RecordedWorld["runs"][number],
  catalog: RecordedWorld["catalog"],
): Partial<CourseRun> {
  return { key: run, courseUuid: catalog[run] ?? null, startsAt: start === null ? null : new Date(start) };
}

/** The policies of a vector are for any site and mode, of which we take one only: so each gets a site of its own. */
async function enterPolicies(tx: EntityManager, world: RecordedWorld): Promise<Map<string, string>> {
  const recorded = Object.entries(world.policies).map(([alias, periods], index) => ({
    alias,
    siteId: String(index + 1),
    periods: toPeriods(periods),
  }));
  await tx.save(
    recorded.map(({ alias, siteId }) =>
      tx.create(Site, { id: siteId, domain: `${alias}.example`, name: alias }),
    ),
  );
  const policies = await tx.save(
    recorded.map(({ siteId, periods }) =>
      tx.create(CourseEntitlementPolicy, { ...periods, mode: null, siteId }),
    ),
  );
  return new Map(recorded.map(({ alias }, index) => [alias, policies[index]!.id]));
}

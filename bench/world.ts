import { DataSource } from "typeorm";
import { migrationOptions } from "../ormconfig";
import { startProgress } from "../src/cli/progress";
import { bigWorldLearners, fillBigWorld } from "../src/demo/big-world";
import { fromFacts } from "../src/reads/entitlement-facts";
import { inScope } from "../src/reads/entitlements";
import { DEFAULT_PERIODS } from "../src/rules/entitlement-rules";
import { migrateUp } from "../src/store/schema/migrate";

/** So many different learners ask: more than any cache of answers would be worth. */
const LEARNERS_ASKING = 2_000;
const ENTITLEMENTS_SHOWN = 5;

/** What the measuring needs to know of the big demo world and of the PostgreSQL it is in. */
export interface World {
  version: string;
  postmasterPid: number;
  /** Learners whose dashboard shows five entitlements, from all over the table. */
  learnerIds: number[];
}

/** Brings the schema up to date and fills the world, unless it has been. */
export async function prepareWorld(url: string, learners: number): Promise<World> {
  await migrateUp(migrationOptions(url));
  const db = await new DataSource(migrationOptions(url)).initialize();
  try {
    if ((await bigWorldLearners(db)) === 0) {
      const progress = startProgress(learners, "learners");
      await fillBigWorld(db, learners, new Date(), (size) => progress(size.learners));
    }
    const [facts] = await db.query<Omit<World, "learnerIds">[]>(
      `select current_setting('server_version') as version,
         split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as "postmasterPid"`,
    );
    return { ...facts!, learnerIds: await askingLearners(db) };
  } finally {
    await db.destroy();
  }
}

async function askingLearners(db: DataSource): Promise<number[]> {
  const values: unknown[] = [ENTITLEMENTS_SHOWN, LEARNERS_ASKING];
  const time = { now: new Date(), defaultPeriods: DEFAULT_PERIODS };
  const active = inScope("ACTIVE", time, (value) => `$${values.push(value)}`);
  const rows = await db.query<{ id: number }[]>(
    `select e.user_id::int as id ${fromFacts()} where ${active}
     group by e.user_id having count(*) = $1 order by hashint8(e.user_id) limit $2`,
    values,
  );
  return rows.map(({ id }) => id);
}

import { Client } from "pg";
import { randomFrom } from "../storm/writer";
import { ENTITLEMENT, honestly, OTHER, type Copy, type Stage } from "./stage";

/** What runs a storm. */
export interface HonestStorm {
  stage: Stage;
  seed: number;
}

/** Some entitlements, which no command changes meanwhile. */
const some = (random: () => number) =>
  `where id in (select id from course_entitlement where id not in ('${ENTITLEMENT}', '${OTHER}') and id::text < 'e0000000-0000-4000-8000-00000000002'
     order by id offset ${Math.floor(random() * 5)} limit ${1 + Math.floor(random() * 4)})`;
const CHANGE =
  "update course_entitlement set mode = case mode when 'verified' then 'professional' else 'verified' end";

type Step = (copy: Copy, random: () => number) => Promise<unknown>;
const STEPS: readonly Step[] = [
  ({ app }) => honestly(app, ENTITLEMENT),
  ({ app }) => honestly(app, OTHER),
  ({ app, stage }) => stage.seal(app),
  // Savepoints, some of which are gone back to.
  (copy, random) =>
    withClient(copy, async (client) => {
      await client.query("begin");
      for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
        await client.query(`savepoint s; ${CHANGE} ${some(random)}`);
        await client.query(random() < 0.4 ? "rollback to savepoint s" : "release savepoint s");
      }
      await client.query(random() < 0.2 ? "rollback" : "commit");
    }),
  // Two phases, with other changes and seals between them.
  (copy, random) =>
    withClient(copy, async (client) => {
      const name = `storm_${copy.name}_${Math.floor(random() * 1e9)}`;
      await client.query(`begin; ${CHANGE} ${some(random)}`);
      await client.query(`prepare transaction '${name}'`);
      await honestly(copy.app, OTHER);
      if (random() < 0.5) await copy.stage.seal(copy.app);
      await client.query(`${random() < 0.3 ? "rollback" : "commit"} prepared '${name}'`);
    }),
  // A client that is lost in the middle.
  (copy, random) =>
    withClient(copy, async (client) => {
      await client.query(`begin; ${CHANGE} ${some(random)}`);
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    }),
  // Rows that are deleted and come back.
  (copy, random) =>
    withClient(copy, async (client) => {
      await client.query("begin");
      await client.query(`create temporary table gone on commit drop as select * from course_entitlement ${some(random)} and enrollment_id is null
        and not exists (select from refund r where r.entitlement_id = course_entitlement.id)`);
      await client.query("delete from course_entitlement where id in (select id from gone)");
      if (random() < 0.5) await client.query("insert into course_entitlement select * from gone");
      await client.query("commit");
    }),
];

/** Lets many honest things happen to a copy, and returns what `history:prove` has to say: nothing. */
export function honestStorm({ stage, seed }: HonestStorm): Promise<string[]> {
  return stage.withCopy("newest", async (copy) => {
    const random = randomFrom(seed);
    for (let steps = 8; steps > 0; steps--) await STEPS[Math.floor(random() * STEPS.length)]!(copy, random);
    await copy.goOn();
    return copy.faults();
  });
}

async function withClient(copy: Copy, work: (client: Client) => Promise<void>): Promise<void> {
  const client = await connected(copy);
  try {
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connected({ url }: Copy): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

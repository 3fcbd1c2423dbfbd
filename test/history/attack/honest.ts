import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { randomFrom } from "../storm/writer";
import { ENTITLEMENT, honestly, OTHER, type Copy, type Stage } from "./stage";

/** What runs a storm. */
export interface HonestStorm {
  stage: Stage;
  seed: number;
  /** Whether a process of PostgreSQL is killed with kill -9, which makes all of it recover. */
  isCrashed: boolean;
  /** The folder of pg_dump and pg_restore, where the database is to be dumped and restored. */
  binaries?: string | undefined;
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
export function honestStorm({ stage, seed, isCrashed, binaries }: HonestStorm): Promise<string[]> {
  return stage.withCopy("newest", async (copy) => {
    // PostgreSQL notes in advance what a sequence hands out, but not in a copy: after a crash it would hand out ids again.
    await copy.sql("select setval('history_id_seq', last_value) from history_id_seq");
    const random = randomFrom(seed);
    const steps = Array.from({ length: 8 }, () => STEPS[Math.floor(random() * STEPS.length)]!);
    for (const [place, step] of steps.entries()) {
      if (isCrashed && place === 4) await crash(copy);
      await step(copy, random);
    }
    await copy.goOn();
    const found = await copy.faults();
    if (!binaries) return found;
    return [...found, ...(await restored(copy, binaries))];
  });
}

/** Kills a process of PostgreSQL in the middle of a transaction, and waits until all of it has recovered. */
async function crash(copy: Copy): Promise<void> {
  const [killed, beside] = await Promise.all([connected(copy), connected(copy)]);
  const { rows } = await killed.query<{ pid: number }>("select pg_backend_pid() as pid");
  await killed.query(`begin; ${CHANGE} where id = '${OTHER}'`);
  // PostgreSQL ends all others when it has noticed; that is an error of theirs, at which `once` would give up.
  const ended = new Promise((resolve) => beside.once("end", resolve));
  process.kill(rows[0]!.pid, "SIGKILL");
  await ended;
  // All connections of the pool have to notice.
  for (let answers = 0; answers < 5; await sleep(50))
    answers = await copy.db.query("select 1").then(
      () => answers + 1,
      () => 0,
    );
}

/** Dumps the database, restores it into another one, and goes on there. */
function restored(copy: Copy, binaries: string): Promise<string[]> {
  return copy.stage.withEmpty(async (other) => {
    const run = (program: string, ...args: string[]) =>
      execFileSync(join(binaries, program), args, {
        stdio: ["ignore", "pipe", "inherit"],
        maxBuffer: 1 << 30,
      });
    const dump = `${copy.stage.dir}/${copy.name}.dump`;
    run("pg_dump", "--format=custom", `--file=${dump}`, copy.url);
    run("pg_restore", `--dbname=${other.url}`, dump);
    await other.goOn();
    return other.faults();
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

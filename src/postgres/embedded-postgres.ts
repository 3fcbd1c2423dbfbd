import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { prepareCluster, startCluster, stopCluster, type Cluster } from "./cluster";
import { cannotRun, EmbeddedPostgresError, findInstallation } from "./installation";
import { runningPort } from "./postmaster";

export { EmbeddedPostgresError };

/** A PostgreSQL of our own, on the loopback interface only. */
export interface EmbeddedPostgres {
  /** Names the superuser and its password. */
  url: string;
  /** One line that the operator should read, if any. */
  notice: string | undefined;
  /** Stops PostgreSQL, if this process owns it. */
  stop(): Promise<void>;
}

/** How to start it, or to share what runs already. */
export interface EmbeddedPostgresOptions {
  /** Run-time settings of PostgreSQL, beside our own; their values hold no spaces. */
  settings?: Record<string, string>;
  /** Whether to use a PostgreSQL that another process owns, rather than refuse. */
  join?: boolean;
}

/** Any number, as long as nothing else in the embedded PostgreSQL takes it. */
const OWNER_LOCK = 7_203_418;
const OWNER_DIES_WITHIN_MS = 500;
const ANSWERS_WITHIN_MS = 60_000;
const STARTS_AT_MOST = 5;

/**
 * Starts PostgreSQL on `dir`, or adopts one whose owner was killed. The owner is who holds an advisory lock in it:
 * however it dies, PostgreSQL notices. Throws EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(
  dir: string,
  options: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  try {
    const cluster = await prepareCluster(findInstallation(resolve(dir)));
    const { session, port } = await connectOrStart(cluster, options.settings ?? {});
    return await takeOrJoin(cluster, session, port, options.join ?? false);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError || !(error instanceof Error)) throw error;
    throw cannotRun(`The embedded PostgreSQL in ${dir} does not start: ${error.message}`);
  }
}

/** Several processes may do so at once: PostgreSQL lets one of them start it, and the others find it running. */
async function connectOrStart(cluster: Cluster, settings: Record<string, string>) {
  const deadline = Date.now() + ANSWERS_WITHIN_MS;
  for (let starts = 0; ;) {
    const port = runningPort(cluster.data);
    if (port === undefined) {
      starts += 1;
      await startCluster(cluster, settings).catch(async (error: unknown) => {
        if (starts >= STARTS_AT_MOST) throw error;
        await sleep(100);
      });
    } else {
      const session = await connect(cluster, port);
      if (session) return { session, port };
      if (Date.now() > deadline) throw new Error("it is there, but does not answer");
      await sleep(50);
    }
  }
}

async function takeOrJoin(
  cluster: Cluster,
  session: Client,
  port: number,
  join: boolean,
): Promise<EmbeddedPostgres> {
  const isOwner = await takeLock(session, join ? 0 : OWNER_DIES_WITHIN_MS);
  if (!isOwner) await session.end();
  if (!isOwner && !join)
    throw new EmbeddedPostgresError(
      `Another server runs on the data in ${cluster.dir}: stop it, or give this one a DATA_DIR of its own`,
    );
  return {
    url: urlOf(cluster, port),
    notice: cluster.notice,
    async stop() {
      if (isOwner) await stopCluster(cluster);
    },
  };
}

async function takeLock(session: Client, patienceMs: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(50)) {
    const { rows } = await session.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [
      OWNER_LOCK,
    ]);
    if (rows[0]!.taken) return true;
    if (Date.now() >= deadline) return false;
  }
}

/** Undefined while it starts or stops. */
async function connect(cluster: Cluster, port: number): Promise<Client | undefined> {
  const session = new Client({ connectionString: urlOf(cluster, port), application_name: "owner" });
  session.on("error", () => undefined); // PostgreSQL went away: the pool will say so
  try {
    await session.connect();
    return session;
  } catch (error) {
    await session.end().catch(() => undefined);
    const code = (error as { code?: string }).code;
    if (code === "28P01")
      throw new Error(
        `the password in ${cluster.dir} is not its own: remove that directory to start afresh`,
        {
          cause: error,
        },
      );
    if (code === "53300") throw error; // too many connections
    return undefined;
  }
}

function urlOf({ password }: Cluster, port: number): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

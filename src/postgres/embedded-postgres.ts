import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { prepareCluster, startCluster, stopCluster, type Cluster } from "./cluster";
import { cannotRun, EmbeddedPostgresError, findInstallation } from "./installation";
import { runningPort } from "./postmaster";

/** A running embedded PostgreSQL, which listens on the loopback interface only. */
export interface EmbeddedPostgres {
  /** The connection URL with the superuser and its password. */
  url: string;
  /** One line that the operator should read, if any. */
  notice: string | undefined;
  /** Stops PostgreSQL, unless another process uses it: then the last of them does. */
  stop(): Promise<void>;
}

/** Options for starting the embedded PostgreSQL or joining a running one. */
export interface EmbeddedPostgresOptions {
  /** Further settings of PostgreSQL; their values contain no spaces. */
  settings?: Record<string, string>;
  /** Whether to use a PostgreSQL that another process owns; otherwise that is an error. */
  join?: boolean;
}

/** The key of the advisory lock: any number that nothing else in the embedded PostgreSQL uses. */
const OWNER_LOCK = 7_203_418;
/** The key of the one that all who use it share. */
const USERS_LOCK = 7_203_419;
const OWNER_DIES_WITHIN_MS = 500;
const ANSWERS_WITHIN_MS = 60_000;
const STARTS_AT_MOST = 5;

/**
 * Starts PostgreSQL on `dir`, or takes over one whose owner was killed. The owner holds an advisory lock, which
 * PostgreSQL releases whenever the owner ends. Throws EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(
  dir: string,
  options: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  try {
    const cluster = await prepareCluster(findInstallation(resolve(dir)));
    for (;;) {
      const { session, port } = await connectOrStart(cluster, options.settings ?? {});
      const postgres = await takeOrJoin(cluster, session, port, options.join ?? false);
      if (postgres) return postgres;
      await sleep(50);
    }
  } catch (error) {
    if (error instanceof EmbeddedPostgresError || !(error instanceof Error)) throw error;
    throw cannotRun(`The embedded PostgreSQL in ${dir} does not start: ${error.message}`);
  }
}

/** Several processes may do so at the same time: one of them starts PostgreSQL, and the others find it running. */
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
      if (Date.now() > deadline) throw new Error("it is running, but does not answer");
      await sleep(50);
    }
  }
}

/** Undefined while the last of those who have used it stops it. */
async function takeOrJoin(
  cluster: Cluster,
  session: Client,
  port: number,
  join: boolean,
): Promise<EmbeddedPostgres | undefined> {
  const isOwner = await takeLock(session, join ? 0 : OWNER_DIES_WITHIN_MS);
  if (!isOwner && !join) {
    await session.end();
    throw new EmbeddedPostgresError(
      `Another server runs on the data in ${cluster.dir}: stop it, or give this one a DATA_DIR of its own`,
    );
  }
  if (!(await says(session, "pg_try_advisory_lock_shared", USERS_LOCK))) {
    await session.end();
    return undefined;
  }
  return {
    url: urlOf(cluster, port),
    notice: cluster.notice,
    async stop() {
      // A session that is lost cannot tell.
      if (await isLast(session).catch(() => isOwner)) await stopCluster(cluster);
      else await session.end().catch(() => undefined);
    },
  };
}

async function takeLock(session: Client, patienceMs: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(50)) {
    if (await says(session, "pg_try_advisory_lock", OWNER_LOCK)) return true;
    if (Date.now() >= deadline) return false;
  }
}

/** Whether nobody else uses it; then nobody can begin to do so. */
async function isLast(session: Client): Promise<boolean> {
  await says(session, "pg_advisory_unlock_shared", USERS_LOCK);
  return says(session, "pg_try_advisory_lock", USERS_LOCK);
}

/** What a function of advisory locks says. */
async function says(session: Client, call: string, lock: number): Promise<boolean> {
  const { rows } = await session.query<{ said: boolean }>(`select ${call}($1) as said`, [lock]);
  return rows[0]!.said;
}

/** A connection; undefined while PostgreSQL starts or stops. */
async function connect(cluster: Cluster, port: number): Promise<Client | undefined> {
  const session = new Client({ connectionString: urlOf(cluster, port), application_name: "owner" });
  session.on("error", () => undefined); // PostgreSQL has ended: the pool will report it
  try {
    await session.connect();
    return session;
  } catch (error) {
    await session.end().catch(() => undefined);
    const code = (error as { code?: string }).code;
    if (code === "28P01")
      throw new Error(
        `the password in ${cluster.dir} is wrong: remove that directory to start with an empty database`,
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

import type { App } from "../app";
import { selectFacts } from "../reads/entitlement-facts";
import { pendingMigrations } from "../store/schema/migrate";
import { repeat } from "../store/statement";
import { sendJson } from "./respond";
import type { Route } from "./route";

const ANSWER_WITHIN_MS = 2_000;
/** For how long a finding is told again, in milliseconds. Asking often takes no connections from requests. */
export const READINESS = { keptMs: 1_000 };
/**
 * Touches what every dashboard reads, and tells whether a command could write. It is prepared and then used again, as the
 * reads of requests are. `where false` reads no row, and still needs the locks and the rights that reading does.
 */
const READ = `select current_setting('transaction_read_only') = 'on' as "isReadOnly",
  (select e.id from course_entitlement e left join course_enrollment n on n.id = e.enrollment_id
   order by e.created_at, e.id limit 1),
  exists (select from (${selectFacts()} where false) facts, course_mode)`;

/** Says that the process lives, and asks nothing else. */
export const livenessRoute: Route = (_request, response) => sendJson(response, 200, { status: "alive" });

/** Says whether the server should be given requests: 200, or 503 with the reason. */
export function readinessRoute(app: App, stopping: AbortSignal): Route {
  const unreadinessNow = keeping(() => unreadiness(app));
  return async (_request, response) => {
    const reason = stopping.aborted ? "The server is stopping." : await unreadinessNow();
    await sendJson(response, reason ? 503 : 200, { status: reason ?? "ready" });
  };
}

/** Finds something out for all who ask meanwhile and shortly afterwards. `find` never rejects. */
function keeping<T>(find: () => Promise<T>): () => Promise<T> {
  let finding: Promise<T>;
  let keptUntil = 0;
  return () => {
    if (performance.now() < keptUntil) return finding;
    keptUntil = Infinity;
    finding = find().finally(() => (keptUntil = performance.now() + READINESS.keptMs));
    return finding;
  };
}

/** The reason why the server is not ready, or null when it is. */
async function unreadiness({ db }: App): Promise<string | null> {
  try {
    const pending = await within(pendingMigrations(db), ANSWER_WITHIN_MS);
    if (pending.length > 0) return "The database lacks migrations.";
    const isReadOnly = await within(readTwice(db), ANSWER_WITHIN_MS);
    return isReadOnly ? "The database can only be read: it is a standby, or is set so." : null;
  } catch {
    return "The database cannot be asked.";
  }
}

/** Reads as requests do, and returns whether nothing can be written. */
async function readTwice(db: App["db"]): Promise<boolean> {
  const connection = db.createQueryRunner();
  try {
    await repeat(connection, READ, []);
    const [row] = await repeat<{ isReadOnly: boolean }>(connection, READ, []);
    return row!.isReadOnly;
  } finally {
    await connection.release();
  }
}

/** What a promise resolves with; rejects when that takes longer. */
export function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("timeout")), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

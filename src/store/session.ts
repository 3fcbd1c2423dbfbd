import { randomUUID } from "node:crypto";
import { Client } from "pg";

/** What answers depend on. The driver reads dates of ISO style only, and the SQL of this project is written for these. */
const SETTINGS = {
  client_encoding: "UTF8",
  DateStyle: "ISO, YMD",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  default_transaction_isolation: "read committed",
  standard_conforming_strings: "on",
  transform_null_equals: "off",
  // The bodies of functions are compared with those that the migrations made, tables are named without quotes, and numbers
  // have all their digits.
  check_function_bodies: "on",
  quote_all_identifiers: "off",
  extra_float_digits: "1",
  // A pause between two statements ends no connection, which may hold a lock or be about to serve a request.
  idle_session_timeout: "0",
  // A machine that has lost its power says nothing. PostgreSQL frees what it holds, such as the lock of a migration, when it
  // has not answered for a minute. Sockets of the same machine have none of these.
  tcp_keepalives_idle: "30",
  tcp_keepalives_interval: "10",
  tcp_keepalives_count: "3",
  tcp_user_timeout: "60000",
};

/**
 * SQL that lets a transaction take as long as its statements and pauses may: an import or a migration takes longer than what
 * a database may set for others. PostgreSQL has the setting since version 17.
 */
const UNENDED = `case when current_setting('server_version_num')::int >= 170000
  then set_config('transaction_timeout', '0', false) end`;

/**
 * SQL that makes commits last through a crash of PostgreSQL where the database does without that: a refund that a shop was
 * asked for must be known afterwards. What is stricter stays, such as a wait for replicas.
 */
const DURABLE = `set_config('synchronous_commit',
  case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end, false)`;

/** How long PostgreSQL lets a statement, a wait for a lock and a pause within a transaction take; "0" is without limit. */
export interface SessionLimits {
  /** The longest run of a statement. */
  statement_timeout: string;
  /** The longest wait for a lock. */
  lock_timeout: string;
  /** The longest pause within a transaction. */
  idle_in_transaction_session_timeout: string;
}

/** What the driver knows of a connection, and its type declarations do not. */
type Connected = Client & { processID: number };

/**
 * Returns a function that prepares each new connection of a pool before its first use. It applies our settings, which
 * take precedence over those of the database, of the role and of the URL. It throws where they would not last, and then
 * there is no connection.
 */
export function sessionSetup(url: string | undefined, limits: SessionLimits) {
  const settings = Object.entries({ ...SETTINGS, ...limits });
  const text = `select current_setting('server_encoding') as encoding, pg_backend_pid() as pid, ${settings
    .map(([name, value]) => `set_config('${name}', '${value}', false)`)
    .join(", ")}, ${UNENDED}, ${DURABLE}`;
  let isKnownToLast = false;
  return async (connected: unknown): Promise<void> => {
    const client = connected as Connected;
    // A connection may be lost in the moment in which it is handed from the pool to who asked for it: the next
    // statement says so, and an error event that nobody hears would end the process.
    client.on("error", () => undefined);
    const { rows } = await client.query<{ encoding: string; pid: number }>(text);
    const { encoding, pid } = rows[0]!;
    if (encoding !== "UTF8")
      throw new Error(`has the encoding ${encoding}; create a database with the encoding UTF8 instead`);
    // A pooler between us and PostgreSQL tells a process id of its own.
    if (pid !== client.processID && !isKnownToLast) await refuseTransactionPooling(client, url);
    isKnownToLast = true;
  };
}

/**
 * Throws where a pooler gives a connection's session to another client between two transactions, because settings and
 * prepared statements would be lost. The check sets a mark in the session, and looks for it while another client holds
 * a session.
 */
async function refuseTransactionPooling(client: Client, url: string | undefined): Promise<void> {
  const mark = randomUUID();
  await client.query("select set_config('course_entitlements.mark', $1, false)", [mark]);
  const other = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  other.on("error", () => undefined); // its statements say so too
  try {
    await other.connect();
    await other.query("begin");
    await other.query("select 1");
    const { rows } = await client.query<{ mark: string | null }>(
      "select current_setting('course_entitlements.mark', true) as mark",
    );
    if (rows[0]!.mark !== mark)
      throw new Error(
        "is reached through a pooler of transactions, which loses the settings and prepared statements of a" +
          " session: let it pool sessions (pgbouncer: pool_mode = session), or connect to PostgreSQL itself",
      );
  } finally {
    await other.end().catch(() => undefined);
  }
}

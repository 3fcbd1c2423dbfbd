import type { Client } from "pg";
import type { Expected } from "./audit";

/** One change of one row, as the write-ahead log has it. Values are the text of PostgreSQL; null is null. */
export interface RowChange {
  table: string;
  kind: "INSERT" | "UPDATE" | "DELETE";
  /** The row afterwards; of a deleted one only its key. */
  row: Map<string, string | null>;
  /** The key before, where the change gave it another. */
  oldKey: Map<string, string | null> | null;
}

/** A transaction that was committed. */
export interface Committed {
  lsn: bigint;
  /** What the transaction said of itself with pg_logical_emit_message(). */
  message: string | null;
  changes: RowChange[];
}

const SLOT = "storm";
const LINES_AT_ONCE = 100_000;

/** The statement with which a transaction of the superuser tells the audit what to expect. */
export function messageOf(path: string, isPrepared = false): string {
  const expected: Expected = { path, label: "database:postgres", sources: ["DATABASE"], isPrepared };
  return `select pg_logical_emit_message(true, 'storm', '${JSON.stringify(expected)}')`;
}

/** Begins to keep the log for us: everything that is committed from now on. */
export async function openSlot(client: Client): Promise<void> {
  await client.query(`select pg_create_logical_replication_slot($1, 'test_decoding')`, [SLOT]);
}

/**
 * The next transactions in the order of their commits, as far as a replica has them too, where there is one; after a crash
 * PostgreSQL may hand some out again.
 */
export async function nextCommitted(client: Client): Promise<Committed[]> {
  // From here the next reading can begin, rather than from some way back. PostgreSQL 15 only does so by itself, now and then.
  await client.query("select pg_log_standby_snapshot()").catch(() => undefined);
  const { rows } = await client.query<{ lsn: string; data: string }>(
    `select lsn::text, data from pg_logical_slot_get_changes($1,
       (select min(replay_lsn) from pg_stat_replication), $2, 'include-xids', '0')`,
    [SLOT, LINES_AT_ONCE],
  );
  const committed: Committed[] = [];
  let current: Committed = { lsn: 0n, message: null, changes: [] };
  for (const { lsn, data } of rows) {
    if (data.startsWith("BEGIN")) current = { lsn: 0n, message: null, changes: [] };
    else if (data.startsWith("COMMIT")) committed.push({ ...current, lsn: toNumber(lsn) });
    else if (data.startsWith("message:")) current.message = /content:(.*)$/s.exec(data)![1]!;
    else current.changes.push(toChange(data));
  }
  return committed;
}

function toChange(line: string): RowChange {
  const head = /^table public\.(\w+): (INSERT|UPDATE|DELETE): /.exec(line);
  if (!head) throw new Error(`Not a change of a row: ${line}`);
  const [start, table, kind] = head as unknown as [string, string, RowChange["kind"]];
  const rest = line.slice(start.length);
  const renamed = /^old-key: (.*?) new-tuple: (.*)$/s.exec(rest);
  return {
    table,
    kind,
    row: toTuple(renamed ? renamed[2]! : rest),
    oldKey: renamed ? toTuple(renamed[1]!) : null,
  };
}

function toTuple(text: string): Map<string, string | null> {
  const tuple = new Map<string, string | null>();
  for (const [, column, value] of text.matchAll(/(\w+)\[[^\]]+\]:('(?:[^']|'')*'|\S+)/g))
    tuple.set(column!, value === "null" ? null : value!);
  return tuple;
}

function toNumber(lsn: string): bigint {
  const [high, low] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

import type { DataSource } from "typeorm";
import { select } from "../../store/statement";
import { ALL_TYPES, historyOf } from "../finding/entry-rows";

/** An id that the sequence had handed out, and the transactions that may still bring entries up to it. */
interface Mark {
  id: bigint;
  /** As PostgreSQL names transactions among its locks. */
  writers: ReadonlySet<string>;
}

/** How many marks wait at most for old transactions to end; beyond that the newest one is moved on. */
const MARKS_AT_MOST = 100;

const HISTORIES = ALL_TYPES.map((type) => `'${historyOf(type)}'::regclass`);

/** What is known of a database. */
interface State {
  settled: bigint;
  marks: Mark[];
  /** The query in progress, whose answer also serves the callers that come meanwhile. */
  asking?: Promise<bigint> | undefined;
}

const known = new WeakMap<DataSource, State>();

/**
 * The greatest id up to which no entry of history can still appear, so that who reads up to it in the order of the ids
 * misses none. An entry's id is taken before its transaction commits: of two transactions the one with the smaller id may
 * commit later. So what the sequence has handed out is settled once every transaction has ended that was writing history
 * then; those that begin later take greater ids. A transaction that writes a table holds a lock on it, from before it takes
 * an id until after others see what it has committed.
 */
export function settledUpTo(db: DataSource): Promise<bigint> {
  const state: State = known.get(db) ?? { settled: 0n, marks: [] };
  known.set(db, state);
  return (state.asking ??= advance(db, state).finally(() => (state.asking = undefined)));
}

async function advance(db: DataSource, state: State): Promise<bigint> {
  const id = await lastId(db);
  if (id < state.settled) Object.assign(state, { settled: 0n, marks: [] }); // the database was restored under us
  const { marks } = state;
  const isNew = id > (marks.at(-1)?.id ?? state.settled);
  if (!isNew && marks.length === 0) return state.settled;
  const writers = await openWriters(db); // after the id: who has taken it is among them, or has ended
  if (isNew) {
    if (marks.length >= MARKS_AT_MOST) marks.pop();
    marks.push({ id, writers });
  }
  while (marks[0] && ![...marks[0].writers].some((writer) => writers.has(writer)))
    state.settled = marks.shift()!.id;
  return state.settled;
}

/** The newest id that the sequence of history has handed out; 0 before the first. */
export async function lastId(db: DataSource): Promise<bigint> {
  const [sequence] = await select<{ last: string }>(
    db,
    "select (case when is_called then last_value else 0 end)::text as last from history_id_seq",
  );
  return BigInt(sequence!.last);
}

/** The transactions that are writing history now. */
async function openWriters(db: DataSource): Promise<Set<string>> {
  const rows = await select<{ writer: string }>(
    db,
    `select distinct virtualtransaction as writer from pg_locks
     where locktype = 'relation' and mode = 'RowExclusiveLock'
       and database = (select oid from pg_database where datname = current_database())
       and relation in (${HISTORIES.join(", ")})`,
  );
  return new Set(rows.map(({ writer }) => writer));
}

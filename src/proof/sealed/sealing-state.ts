import type { Database } from "../../store/statement";

/** How far the history is sealed. */
export interface SealingState {
  /** How many entries are sealed. */
  sealed: number;
  /** For how long the oldest settled entry has not been sealed, in seconds; 0 where there is none. */
  lagSeconds: number;
  /** The greatest size that each witness has cosigned, by its name. */
  cosigned: Record<string, number>;
}

/** How far the history is sealed, for metrics. */
export async function sealingState(db: Database): Promise<SealingState> {
  const [state] = await db.query<[SealingState]>(
    `select sealed::float8,
       coalesce(extract(epoch from history_now() - (
         select at from history_transaction where first_position >= sealed order by first_position limit 1)), 0)::float8 as "lagSeconds",
       coalesce((select json_object_agg(witness, size) from (
         select witness, max(size) as size from history_cosignature group by witness) by_witness), '{}') as cosigned
     from (select coalesce(max(size), 0) as sealed from history_checkpoint) c`,
  );
  return state;
}

import { select, type Database } from "../store/statement";

/** The last completion of a task of the queue, by any process. */
export interface LastDone {
  /** The name of the task. */
  task: string;
  /** Seconds since 1970-01-01 UTC. */
  doneAt: number;
}

/** The last completion of each task of the queue, for metrics; tasks without any are left out. */
export function lastDone(db: Database): Promise<LastDone[]> {
  return select<LastDone>(
    db,
    `select name as task, extract(epoch from max(completed_on))::float8 as "doneAt"
     from jobs.job where state = 'completed' group by name`,
  );
}

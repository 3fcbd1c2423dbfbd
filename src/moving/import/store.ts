import { STAGING } from "../staging/names";
import type { OnProgress } from "./load";
import type { Session } from "./session";
import { placeStatements, type Step } from "./steps";

interface Due {
  first: string;
  last: string;
  rows: string;
}

const COUNT = `select coalesce(sum(rows), 0) as total, coalesce(sum(rows) filter (where is_done), 0) as stored
  from ${STAGING}.piece`;
const FIND_DUE = `select first, last, rows from ${STAGING}.piece where step = $1 and not is_done order by first`;
const MARK_DONE = `update ${STAGING}.piece set is_done = true where step = $1 and first = $2`;

/**
 * Stores what is staged, piece by piece; a piece is marked as done in its own transaction, so that whoever goes on after an
 * interruption begins with the first that is not. Pieces of one step are stored next to each other.
 */
export async function store(session: Session, steps: readonly Step[], onProgress: OnProgress): Promise<void> {
  await session.run(async (tx) => {
    for (const statement of placeStatements()) await tx.query(statement);
    for (const { name, pieces } of steps)
      await tx.query(
        `insert into ${STAGING}.piece (step, first, last, rows) select $1, first, last, rows from (${pieces}) p
         where not exists (select from ${STAGING}.piece where step = $1)`,
        [name],
      );
  });
  const [{ total, stored }] = await session.run((tx) => tx.query<[{ total: string; stored: string }]>(COUNT));
  let done = Number(stored);
  for (const step of steps) {
    const due = await session.run((tx) => tx.query<Due[]>(FIND_DUE, [step.name]));
    const worker = async () => {
      for (let piece = due.shift(); piece; piece = due.shift()) {
        const { first, last, rows } = piece;
        await session.run(async (tx) => {
          await tx.query("set local synchronous_commit = off");
          await step.merge(tx, { first, last });
          await tx.query(MARK_DONE, [step.name, first]);
        });
        onProgress("stored", (done += Number(rows)), Number(total), "rows");
      }
    };
    await Promise.all(Array.from({ length: session.breadth }, worker));
  }
}

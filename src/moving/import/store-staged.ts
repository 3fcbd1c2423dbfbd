import { STAGING } from "../staging/names";
import { removeStaging } from "../staging/staging";
import type { OnProgress } from "./load";
import { notesOf, reportOf, type Note, type Report } from "./report";
import type { Session } from "./session";
import { stepsOf } from "./steps";
import { store } from "./store";

/** Is given the notes on rows, some at a time. */
export type OnNotes = (notes: Note[]) => void;

/** Stores all that is staged, remembers as of when the source is imported, and reports what was done. */
export async function storeStaged(
  session: Session,
  isFull: boolean,
  { onProgress, onNotes }: { onProgress: OnProgress; onNotes: OnNotes },
): Promise<Report> {
  await store(session, stepsOf(isFull), onProgress);
  return session.run(async (tx) => {
    const report = await reportOf(tx);
    for await (const notes of notesOf(tx)) onNotes(notes);
    await tx.query(
      `insert into import_source (name, as_of) select source, as_of from ${STAGING}.import
       on conflict (name) do update set as_of = excluded.as_of where import_source.as_of <> excluded.as_of`,
    );
    await removeStaging(tx);
    return report;
  });
}

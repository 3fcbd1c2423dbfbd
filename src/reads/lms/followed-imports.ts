import type { Database } from "../../store/statement";
import { waitingGauges, type WaitingGauge } from "../waiting";

/** How long ago an LMS that is followed was as it is imported here, for metrics; nothing where none is followed. */
export function followedImportGauges(db: Database): Promise<WaitingGauge[]> {
  return waitingGauges(
    db,
    "(select 'FOLLOWED' as state, as_of as created_at from import_source where is_followed) followed",
  );
}

import type { EntityManager } from "typeorm";
import { SourceFault } from "../sources/source";
import { stagedName } from "../staging/names";
import { TRACKED_TABLES } from "../tables/tracked-tables";

/**
 * Refuses a source that has lost more than half of the entitlements that were imported: it is another LMS, or its tables
 * were emptied because they are owned here now. Storing it would delete them here.
 */
export async function refuseEmptied(tx: EntityManager): Promise<void> {
  const { table, live } = TRACKED_TABLES.find(({ unique }) => unique.length > 0)!;
  const [{ lost, imported }] = await tx.query<[{ lost: string; imported: string }]>(
    `select count(*) filter (where s.id is null) as lost, count(*) as imported
     from imported_row k left join ${stagedName(live)} s on s.id = k.source_id
     where k.source_table = $1 and k.checksum is not null`,
    [table],
  );
  if (Number(lost) * 2 > Number(imported))
    throw new SourceFault(
      `The source lacks ${lost} of the ${imported} entitlements that were imported, and an import would delete them here.` +
        " If that is right, give --accept-deletions",
    );
}

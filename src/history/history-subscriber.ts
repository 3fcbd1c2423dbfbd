import DataLoader from "dataloader";
import { EventSubscriber } from "typeorm";
import type {
  EntityMetadata,
  EntitySubscriberInterface,
  InsertEvent,
  ObjectLiteral,
  QueryRunner,
  RemoveEvent,
  UpdateEvent,
} from "typeorm";
import { recordDeleted, recordWritten, type Recorder, type Rows } from "./record";
import { changeOf } from "../store/transact";
import { tracked } from "./historical";

type WriteEvent = InsertEvent<ObjectLiteral> | UpdateEvent<ObjectLiteral> | RemoveEvent<ObjectLiteral>;

/** A row that a flush has written or is about to delete. */
interface Touched {
  metadata: EntityMetadata;
  record: Recorder;
  id: string;
}

/**
 * Writes the history of tracked entities in the transaction of the change. It copies the rows from the database, because
 * the entities in memory may be partial or stale. A change that it could not record is refused before it is made.
 */
@EventSubscriber()
export class HistorySubscriber implements EntitySubscriberInterface<ObjectLiteral> {
  /** One loader per connection, so that a flush is recorded with one statement, and never two at the same time. */
  private readonly flushes = new WeakMap<QueryRunner, DataLoader<Touched, void>>();

  beforeInsert(event: InsertEvent<ObjectLiteral>): void {
    refuseUnsigned(event);
  }

  afterInsert(event: InsertEvent<ObjectLiteral>): Promise<void> | void {
    return this.record(event, event.entity, recordWritten);
  }

  beforeUpdate(event: UpdateEvent<ObjectLiteral>): void {
    refuseUnsigned(event);
    refuseBulk(event, event.databaseEntity);
  }

  afterUpdate(event: UpdateEvent<ObjectLiteral>): Promise<void> | void {
    return this.record(event, event.databaseEntity, recordWritten);
  }

  beforeRemove(event: RemoveEvent<ObjectLiteral>): Promise<void> | void {
    refuseUnsigned(event);
    // Uses the given entity: another transaction may have deleted the row meanwhile, which is no reason to fail.
    return this.record(event, event.entity, recordDeleted);
  }

  private record(event: WriteEvent, row: ObjectLiteral | undefined, record: Recorder): Promise<void> | void {
    const { metadata, queryRunner } = event;
    if (!tracked.has(metadata.target as object)) return;
    const id = refuseBulk(event, row);
    let flush = this.flushes.get(queryRunner);
    if (!flush) {
      flush = new DataLoader((touched) => writeFlush(queryRunner, touched), { cache: false });
      this.flushes.set(queryRunner, flush);
    }
    return flush.load({ metadata, record, id });
  }
}

/** Throws unless the change of a tracked entity is made in `transact()`, with its author and operation. */
function refuseUnsigned({ metadata, queryRunner }: WriteEvent): void {
  if (tracked.has(metadata.target as object) && !(queryRunner.isTransactionActive && changeOf(queryRunner)))
    throw new Error(`Write ${metadata.name} inside transact(), which names the author and the operation`);
}

/** The id of the row of an event. A bulk statement has none, so its history could not be written, and it is refused. */
function refuseBulk({ metadata }: WriteEvent, row: ObjectLiteral | undefined): string {
  const id: unknown = row?.["id"];
  if (typeof id === "string") return id;
  if (!tracked.has(metadata.target as object)) return "";
  throw new Error(`Write ${metadata.name} with save() and remove(), or as a set with writeSet()`);
}

async function writeFlush(queryRunner: QueryRunner, touched: readonly Touched[]): Promise<void[]> {
  if (!queryRunner.isTransactionActive)
    throw new Error("The transaction ended before its history was written");
  for (const record of [recordWritten, recordDeleted]) {
    const rows = rowsOf(touched.filter((row) => row.record === record));
    if (rows.length > 0) await record(queryRunner, rows, changeOf(queryRunner)!);
  }
  return touched.map(() => undefined);
}

function rowsOf(touched: readonly Touched[]): Rows[] {
  const tables = new Map<EntityMetadata, Set<string>>();
  for (const { metadata, id } of touched)
    tables.set(metadata, (tables.get(metadata) ?? new Set<string>()).add(id));
  return [...tables].map(([metadata, ids]) => ({ metadata, ids: [...ids] }));
}

import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { EntityManager } from "typeorm";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { writeSet } from "../../src/history/write-set";
import { anEntitlement } from "./world";

/** A way to change entitlements. */
export interface WritePath {
  name: string;
  /** Whether the server makes the change, with an author; otherwise another program, which does not know of the history. */
  isOurs: boolean;
  /** Changes some of the given three entitlements, or adds some for user 1. */
  write(tx: EntityManager, ids: readonly string[]): Promise<unknown>;
}

const load = (tx: EntityManager, id: string) => tx.findOneByOrFail(CourseEntitlement, { id });
const mode = () => `mode-${Math.random()}`;

export const WRITE_PATHS: WritePath[] = [
  {
    name: "save",
    isOurs: true,
    write: async (tx, [id]) => {
      await tx.save(Object.assign(await load(tx, id!), { mode: mode() }));
      await tx.save(tx.create(CourseEntitlement, anEntitlement()));
    },
  },
  {
    name: "partial save",
    isOurs: true,
    write: (tx, [id]) => tx.save(CourseEntitlement, { id: id!, mode: mode() }),
  },
  {
    name: "save of many",
    isOurs: true,
    write: async (tx, [first, second]) =>
      tx.save([
        tx.create(CourseEntitlement, anEntitlement()),
        Object.assign(await load(tx, first!), { mode: mode() }),
        tx.create(CourseEntitlement, anEntitlement()),
        Object.assign(await load(tx, second!), { refundLocked: true }),
      ]),
  },
  {
    name: "remove",
    isOurs: true,
    write: async (tx, ids) => tx.remove([await load(tx, ids[0]!), await load(tx, ids[1]!)]),
  },
  {
    name: "set-based helper",
    isOurs: true,
    write: async (tx, [id]) => {
      await writeSet(
        tx,
        CourseEntitlement,
        "update course_entitlement set mode = $2 where id = $1 returning *",
        [id, mode()],
      );
      await writeSet(tx, CourseEntitlement, `${INSERT} returning *`);
    },
  },
  {
    name: "repository.update",
    isOurs: false,
    write: (tx, ids) => tx.getRepository(CourseEntitlement).update([...ids], { mode: mode() }),
  },
  {
    name: "increment",
    isOurs: false,
    write: (tx, [id]) => tx.increment(CourseEntitlement, { id: id! }, "userId", 1),
  },
  {
    name: "upsert",
    isOurs: false,
    write: async (tx, [id]) =>
      tx.upsert(
        CourseEntitlement,
        [Object.assign(await load(tx, id!), { mode: mode() }), anEntitlement()],
        ["courseUuid", "orderNumber"],
      ),
  },
  {
    name: "delete",
    isOurs: false,
    write: (tx, ids) => tx.delete(CourseEntitlement, ids.slice(0, 2)),
  },
  {
    name: "query builder",
    isOurs: false,
    write: async (tx, [first, second]) => {
      await tx.createQueryBuilder().insert().into(CourseEntitlement).values(anEntitlement()).execute();
      const update = tx.createQueryBuilder().update(CourseEntitlement).set({ mode: mode() });
      await update.where("id = :first", { first }).execute();
      await tx
        .createQueryBuilder()
        .delete()
        .from(CourseEntitlement)
        .where("id = :second", { second })
        .execute();
    },
  },
  {
    name: "raw SQL",
    isOurs: false,
    write: async (tx, [first, second]) => {
      await tx.query(INSERT);
      await tx.query("update course_entitlement set mode = $2 where id = $1", [first, mode()]);
      await tx.query("delete from course_entitlement where id = $1", [second]);
    },
  },
  {
    name: "COPY",
    isOurs: false,
    write: async (tx) => {
      const client = (await tx.queryRunner!.connect()) as Client;
      const copy = "copy course_entitlement (user_id, course_uuid, mode, created_at, modified_at) from stdin";
      const row = `1\tc0000000-0000-4000-8000-000000000001\tverified\t2026-01-01\t2026-01-01\n`;
      await pipeline(Readable.from([row, row]), client.query(copyFrom(copy)));
    },
  },
  {
    name: "cascade",
    isOurs: false,
    write: (tx, [id]) =>
      tx.query("delete from user_account u using course_entitlement e where u.id = e.user_id and e.id = $1", [
        id,
      ]),
  },
  {
    name: "writable CTE",
    isOurs: false,
    write: (tx, [first, second]) =>
      tx.query(
        `with gone as (delete from course_entitlement where id = $1 returning *),
           new as (${INSERT} returning *)
         update course_entitlement set mode = $3 where id = $2`,
        [first, second, mode()],
      ),
  },
  {
    name: "MERGE",
    isOurs: false,
    write: (tx, [first, second]) =>
      tx.query(
        `merge into course_entitlement e using (values ($1::uuid), ($2), (gen_random_uuid())) given (id) on e.id = given.id
         when matched and e.id = $2 then delete
         when matched then update set mode = $3
         when not matched then insert (id, user_id, course_uuid, mode, created_at, modified_at)
           values (given.id, 1, gen_random_uuid(), 'verified', now(), now())`,
        [first, second, mode()],
      ),
  },
];

const INSERT = `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
  select 1, gen_random_uuid(), 'verified', now(), now()`;

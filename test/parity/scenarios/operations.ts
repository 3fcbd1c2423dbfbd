import { randomUUID } from "node:crypto";
import type { EntityManager } from "typeorm";
import { Certificate } from "../../../src/entities/certificate";
import { CourseEnrollment } from "../../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../../src/entities/course-entitlement-policy";
import {
  CourseEntitlementSupportDetail,
  type SupportAction,
} from "../../../src/entities/course-entitlement-support-detail";
import type { DecisionTime } from "../../../src/reads/decisions/expired";
import { entitlementsForCourses, entitlementsOfUser } from "../../../src/reads/entitlements";
import { UserAccount } from "../../../src/entities/accounts/user-account";
import { isExpiryDue, storedOrderNumber } from "../../../src/rules/entitlement-rules";
import type { CommandRequest } from "../../../src/use-cases/command";
import { lockEntitlement, save } from "../../../src/use-cases/locked-entitlement";
import { firstRows } from "../../../src/store/rows/page";
import { answersOf, plainAnswers, toMaybeInstant } from "../answers";
import type { Changes, Operation } from "./format";
import type { Aliases } from "./state";

/** The operation in progress. */
export interface Doing {
  tx: EntityManager;
  request: CommandRequest;
  aliases: Aliases;
  op: Operation;
}

const date = (instant: string | null | undefined) => (instant ? new Date(instant) : null);

/** What each operation of the vectors is with us, in a transaction that is already there. */
export const operations: Record<string, (doing: Doing) => Promise<unknown>> = {
  /** The clock is set by the instant of each request. */
  advance: () => Promise.resolve(null),
  async create({ tx, request, aliases, op }) {
    const createdAt = date(op.created) ?? request.now;
    aliases.set("entitlement", op.entitlement!, op.uuid!);
    const expiredAt = date(op.expiredAt);
    await tx.save(
      tx.create(CourseEntitlement, {
        id: op.uuid,
        userId: aliases.id("user", op.user!),
        courseUuid: op.courseUuid,
        mode: op.mode,
        orderNumber: op.orderNumber,
        policyId: policyId(aliases, op.policy!),
        refundLocked: op.refundLocked,
        expiredAt,
        expiryCause: expiredAt && "SUPPORT",
        createdAt,
        modifiedAt: createdAt,
      }),
    );
    return op.entitlement;
  },
  save: (doing) => change(doing, doing.op.changes!),
  // Only what is to be stored reaches the row.
  saveFields: (doing) => change(doing, stored(doing.op)),
  async queryUpdate({ tx, aliases, op }) {
    const { mode, orderNumber, refundLocked, expiredAt } = op.changes!;
    const columns = { mode, order_number: orderNumber, refund_locked: refundLocked, expired_at: expiredAt };
    const given = Object.entries(columns).filter(([, value]) => value !== undefined);
    const [, count] = await tx.query<[unknown, number]>(
      `update course_entitlement set ${given.map(([column], i) => `${column} = $${i + 2}`).join(", ")} where id = $1`,
      [aliases.id("entitlement", op.entitlement!), ...given.map(([, value]) => value)],
    );
    return count;
  },
  async queryDelete({ tx, aliases, op }) {
    await tx.remove(await tx.findBy(CourseEntitlement, { userId: aliases.id("user", op.user!) }));
    return null;
  },
  async expire({ tx, request, aliases, op }) {
    const entitlement = await lockEntitlement(tx, request, {
      entitlementId: aliases.id("entitlement", op.entitlement!),
    });
    await save(tx, request, entitlement, { expiredAt: request.now, expiryCause: "SUPPORT" });
    return null;
  },
  async readExpiredAt(doing) {
    return (await expireIfDue(doing)).expiredAt;
  },
  async toDict(doing) {
    return (await expireIfDue(doing)).answers.toDict.value;
  },
  async ask({ tx, request, aliases, op }) {
    const { standing, periods } = await lockEntitlement(tx, request, {
      entitlementId: aliases.id("entitlement", op.entitlement!),
    });
    return plainAnswers(standing, periods, request.now);
  },
  async find({ tx, request, aliases, op }) {
    const [[found] = []] = await entitlementsForCourses(
      tx,
      aliases.id("user", op.user!),
      [op.courseUuid!],
      "ACTIVE",
      timeOf(request),
    );
    return found ? aliases.of("entitlement", found.id) : null;
  },
  async listActive({ tx, request, aliases, op }) {
    const page = firstRows(10_000);
    const shelf = { userId: aliases.id("user", op.user!), scope: "ACTIVE", courseUuid: null } as const;
    const { rows } = await entitlementsOfUser(tx, shelf, page, timeOf(request));
    return rows.map(({ id }) => aliases.of("entitlement", id)!).toSorted();
  },
  async supportCreate({ tx, request, aliases, op }) {
    const id = randomUUID();
    aliases.set("detail", op.detail!, id);
    const { row } = await lockEntitlement(tx, request, {
      entitlementId: aliases.id("entitlement", op.entitlement!),
    });
    await tx.save(
      tx.create(CourseEntitlementSupportDetail, {
        id,
        entitlementId: row.id,
        supportUserId: aliases.id("user", op.supportUser!),
        action: op.action as SupportAction,
        comments: op.comments,
        unenrolledRunKey: op.unenrolledRun,
        createdAt: request.now,
        modifiedAt: request.now,
      }),
    );
    return op.detail;
  },
  async supportSave({ tx, request, aliases, op }) {
    const detail = await tx.findOneByOrFail(CourseEntitlementSupportDetail, {
      id: aliases.id("detail", op.detail!),
    });
    if (detail.comments !== op.comments)
      await tx.save(Object.assign(detail, { comments: op.comments, modifiedAt: request.now }));
    return null;
  },
  async supportDelete({ tx, aliases, op }) {
    await tx.remove(
      await tx.findOneByOrFail(CourseEntitlementSupportDetail, { id: aliases.id("detail", op.detail!) }),
    );
    return null;
  },
  async delete({ tx, request, aliases, op }) {
    const { row } = await lockEntitlement(tx, request, {
      entitlementId: aliases.id("entitlement", op.entitlement!),
    });
    await tx.remove(Object.assign(row, op.op === "deleteDirty" ? toColumns(aliases, op.changes!) : {}));
    return null;
  },
  deleteDirty: (doing) => operations["delete"]!(doing),
  async deleteEnrollment({ tx, aliases, op }) {
    await tx.remove(
      await tx.findOneByOrFail(CourseEnrollment, {
        userId: aliases.id("user", op.user!),
        courseRunKey: op.run!,
      }),
    );
    return null;
  },
  async deletePolicy({ tx, aliases, op }) {
    await tx.remove(
      await tx.findOneByOrFail(CourseEntitlementPolicy, { id: aliases.id("policy", op.policy!) }),
    );
    return null;
  },
  async deleteUser({ tx, aliases, op }) {
    await tx.remove(await tx.findOneByOrFail(UserAccount, { id: aliases.id("user", op.user!) }));
    return null;
  },
  async setCertificate({ tx, aliases, op }) {
    const key = { userId: aliases.id("user", op.user!), courseRunKey: op.run! };
    const known = await tx.findOneBy(Certificate, key);
    if (op.status) await tx.save(tx.create(Certificate, { ...key, status: op.status }));
    else if (known) await tx.remove(known);
    return null;
  },
};

/** The changes that `saveFields` stores, of those it makes in memory. */
export function stored(op: Operation): Changes {
  return Object.fromEntries(
    Object.entries(op.changes!).filter(([field]) =>
      op.updateFields!.some((name) => SNAKE_CASE[field as keyof Changes].includes(name)),
    ),
  );
}

/** By which names `updateFields` may mean a change. */
const SNAKE_CASE: Record<keyof Changes, readonly string[]> = {
  mode: ["mode"],
  orderNumber: ["orderNumber", "order_number"],
  refundLocked: ["refundLocked", "refund_locked"],
  policy: ["policy", "_policy"],
  expiredAt: ["expiredAt", "expired_at"],
  courseUuid: ["courseUuid", "course_uuid"],
  enrollment: ["enrollment", "enrollment_course_run"],
};

async function change({ tx, request, aliases, op }: Doing, changes: Changes): Promise<null> {
  const entitlement = await lockEntitlement(tx, request, {
    entitlementId: aliases.id("entitlement", op.entitlement!),
  });
  await save(tx, request, entitlement, toColumns(aliases, changes));
  return null;
}

async function expireIfDue({ tx, request, aliases, op }: Doing) {
  const uuid = aliases.id("entitlement", op.entitlement!);
  const entitlement = await lockEntitlement(tx, request, { entitlementId: uuid });
  const { facts, standing, periods } = entitlement;
  const answers = answersOf({ uuid, courseUuid: facts.courseUuid }, standing, periods, request.now);
  if (!isExpiryDue(standing, periods, request.now))
    return { expiredAt: toMaybeInstant(standing.expiredAt), answers };
  const { expiredAt } = await save(tx, request, entitlement, {
    expiredAt: request.now,
    expiryCause: "LAPSED",
  });
  return { expiredAt: toMaybeInstant(expiredAt), answers };
}

function toColumns(aliases: Aliases, changes: Changes): Partial<CourseEntitlement> {
  const { mode, orderNumber, refundLocked, policy, expiredAt, courseUuid, enrollment } = changes;
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(orderNumber === undefined ? {} : { orderNumber: storedOrderNumber(orderNumber) }),
    ...(refundLocked === undefined ? {} : { refundLocked }),
    ...(courseUuid === undefined ? {} : { courseUuid }),
    ...(policy === undefined ? {} : { policyId: policyId(aliases, policy) }),
    ...(enrollment === undefined
      ? {}
      : { enrollmentId: enrollment === null ? null : aliases.id("enrollment", enrollment) }),
    ...(expiredAt === undefined
      ? {}
      : { expiredAt: date(expiredAt), expiryCause: expiredAt === null ? null : "SUPPORT" }),
  };
}

function policyId(aliases: Aliases, alias: string | null): string | null {
  if (alias === "missing") return randomUUID();
  return alias === null ? null : aliases.id("policy", alias);
}

function timeOf({ app, now }: CommandRequest): DecisionTime {
  return { now, defaultPeriods: app.config.defaultPeriods };
}

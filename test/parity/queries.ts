import type { DataSource } from "typeorm";
import { CourseEnrollment } from "../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { entitlementsForCourses, entitlementsOfUser, type Scope } from "../../src/reads/entitlements";
import type { DecisionTime } from "../../src/reads/decisions/expired";
import { fulfillableEntitlement } from "../../src/use-cases/sessions/fulfillable-entitlement";
import { DEFAULT_PERIODS } from "../../src/rules/entitlement-rules";
import { transact } from "../../src/store/transact";
import { firstRows } from "../../src/store/rows/page";
import {
  asIfFor,
  fulfillableDifferences,
  fulfillableForRunDifferences,
  scopeDifferences,
  type Difference,
} from "./differences";
import { judge, type Answer, type Verdict } from "./judge";
import {
  originalActive,
  originalForRun,
  originalFulfillable,
  originalIfActive,
  originalUnexpired,
  type Asked,
} from "./original-finders";
import type { Population, QueryVector } from "./vectors";
import { enterWorld, replayer, type World } from "./world";

/** Stores a population and asks the finders everything that the original's were asked. */
export async function replayQueries(db: DataSource, vector: QueryVector): Promise<Verdict> {
  const world = await enterWorld(db, vector);
  await enterEntitlements(db, vector, world);
  const asking = { db, vector, world, aliases: aliasesOf(vector) };
  const all = [await askScopes(asking), await askForCourses(asking), await askForRuns(asking)];
  return judge(
    vector.id,
    all.flatMap(({ answers }) => answers),
    all.flatMap(({ restated }) => restated),
  );
}

interface Compared {
  answers: Answer[];
  restated: Answer[];
}

interface Asking {
  db: DataSource;
  vector: QueryVector;
  world: World;
  /** Entitlement aliases by id. */
  aliases: Map<string, string>;
}

async function enterEntitlements(db: DataSource, vector: QueryVector, world: World): Promise<void> {
  await transact(db, replayer, async (tx) => {
    const enrollments = new Map<string, CourseEnrollment>();
    for (const { user, enrolledRun, enrolledAt, mode } of vector.entitlements)
      if (enrolledRun !== null)
        enrollments.set(
          `${user}/${enrolledRun}`,
          tx.create(CourseEnrollment, {
            userId: world.userIds.get(user)!,
            courseRunKey: enrolledRun,
            mode,
            createdAt: enrolledAt === null ? null : new Date(enrolledAt),
          }),
        );
    await tx.save([...enrollments.values()]);
    // In one statement, in which the rows keep their order.
    await tx.save(
      vector.entitlements.map((row) =>
        tx.create(CourseEntitlement, {
          id: row.uuid,
          userId: world.userIds.get(row.user)!,
          courseUuid: row.courseUuid,
          mode: row.mode,
          orderNumber: row.orderNumber,
          refundLocked: row.refundLocked,
          expiredAt: row.expiredAt === null ? null : new Date(row.expiredAt),
          policyId: row.policy === null ? null : world.policyIds.get(row.policy)!,
          enrollmentId:
            row.enrolledRun === null ? null : enrollments.get(`${row.user}/${row.enrolledRun}`)!.id,
          createdAt: new Date(row.created),
          modifiedAt: new Date(row.created),
        }),
      ),
    );
  });
  // A save that changes nothing stores nothing here: a new version of the row, which may move it, needs a plain update.
  for (const alias of vector.touchedAfterwards)
    await db.query("update course_entitlement set modified_at = modified_at where id = $1", [
      vector.entitlements.find(({ id }) => id === alias)!.uuid,
    ]);
}

async function askScopes(asking: Asking): Promise<Compared> {
  const { vector } = asking;
  const { unexpired, active, fulfillable } = vector.expected;
  const compared = new Comparison();
  for (const user of vector.users) {
    const asked = { population: vector, user };
    const ids = async (scope: Scope) => (await idsInScope(asking, user, scope)).toSorted();
    compared.add(`unexpired[${user}]`, scopeDifferences, asked, originalUnexpired, {
      got: await ids("UNEXPIRED"),
      recorded: unexpired[user]?.toSorted(),
    });
    compared.add(`active[${user}]`, scopeDifferences, asked, originalActive, {
      got: await ids("ACTIVE"),
      recorded: active[user]?.toSorted(),
    });
    compared.add(`fulfillable[${user}]`, fulfillableDifferences, asked, originalFulfillable, {
      got: tiedTogether(vector, await idsInScope(asking, user, "FULFILLABLE")),
      recorded: tiedTogether(vector, fulfillable[user]?.ids ?? []),
    });
  }
  return compared;
}

async function askForCourses({ db, vector, world, aliases }: Asking): Promise<Compared> {
  const compared = new Comparison();
  for (const { user, course, result, candidates } of vector.expected.entitlementIfActive) {
    const courseUuid = vector.courses[course]!;
    const [[found] = []] = await entitlementsForCourses(
      db,
      world.userIds.get(user)!,
      [courseUuid],
      "ACTIVE",
      timeOf(vector),
    );
    const got = found ? aliases.get(found.id)! : null;
    // Of those created at the same instant any is right.
    const pick = (right: (string | null)[]) => (right.includes(got) ? got : right[0]!);
    compared.add(
      `entitlementIfActive[${user}, ${course}]`,
      scopeDifferences,
      { population: vector, user, courseUuid },
      (asked) => pick(originalIfActive(asked)),
      { got, recorded: got !== null && candidates.includes(got) ? got : result },
    );
  }
  return compared;
}

async function askForRuns({ db, vector, world, aliases }: Asking): Promise<Compared> {
  const answers: Answer[] = [];
  const restated: Answer[] = [];
  const now = new Date(vector.now);
  for (const { user, run, result } of vector.expected.fulfillableForRun) {
    const field = `fulfillableForRun[${user}, ${run}]`;
    const asked: Asked = { population: vector, user, run };
    const found = await fulfillableEntitlement(db, world.userIds.get(user)!, run, DEFAULT_PERIODS, now);
    const got = found && aliases.get(found.id)!;
    const { rules, wanted } = documented(fulfillableForRunDifferences, asked, originalForRun);
    const mayAnswer = originalForRun(asked);
    const pick = (right: (string | null)[]) => (right.includes(got) ? got : right[0]!);
    // Of several newest ones the original takes any: its answer is right for one of them.
    const recorded = mayAnswer.includes(result) ? pick(mayAnswer) : result;
    answers.push({ field, got, recorded, wanted: rules.length > 0 ? pick(wanted) : recorded, rules });
    const restatement = mayAnswer.includes(result) ? result : mayAnswer;
    if (rules.length > 0)
      restated.push({ field, got: restatement, recorded: result, wanted: result, rules: [] });
  }
  return { answers, restated };
}

async function idsInScope(
  { db, vector, world, aliases }: Asking,
  user: string,
  scope: Scope,
): Promise<string[]> {
  const page = firstRows(10_000);
  const shelf = { userId: world.userIds.get(user)!, scope, courseUuid: null };
  const { rows } = await entitlementsOfUser(db, shelf, page, timeOf(vector));
  return rows.map(({ id }) => aliases.get(id)!);
}

function timeOf({ now }: Population): DecisionTime {
  return { now: new Date(now), defaultPeriods: DEFAULT_PERIODS };
}

/** Answers as they are compared, and what the restated original says of the same input where a rule touches it. */
class Comparison implements Compared {
  readonly answers: Answer[] = [];
  readonly restated: Answer[] = [];

  /** Compares one answer. `ask` is the original as restated. */
  add<T>(
    field: string,
    differences: readonly Difference<Asked>[],
    asked: Asked,
    ask: (asked: Asked) => T,
    { got, recorded }: { got: T; recorded: T | undefined },
  ): void {
    const { rules, wanted } = documented(differences, asked, ask);
    this.answers.push({ field, got, recorded, wanted: rules.length > 0 ? wanted : recorded, rules });
    if (rules.length > 0)
      this.restated.push({ field, got: ask(asked), recorded, wanted: recorded, rules: [] });
  }
}

/** The rules that touch what is asked, and the original's answer to what they make of it. */
function documented<T>(differences: readonly Difference<Asked>[], asked: Asked, ask: (asked: Asked) => T) {
  const { rules, asIf } = asIfFor(differences, asked);
  return { rules, wanted: ask(asIf) };
}

/** Ids in the order given, those created at one instant together, whose order among themselves nobody defines. */
function tiedTogether({ entitlements }: Population, ids: readonly string[]): string[][] {
  const rows = ids.map((id) => entitlements.find((row) => row.id === id)!);
  const groups: { created: string; ids: string[] }[] = [];
  for (const { id, created } of rows)
    if (groups.at(-1)?.created === created) groups.at(-1)!.ids.push(id);
    else groups.push({ created, ids: [id] });
  return groups.map(({ ids }) => ids.sort());
}

function aliasesOf({ entitlements }: Population): Map<string, string> {
  return new Map(entitlements.map(({ uuid, id }) => [uuid, id]));
}

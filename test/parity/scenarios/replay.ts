import { isDeepStrictEqual } from "node:util";
import type { DataSource, EntityManager } from "typeorm";
import type { App } from "../../../src/app";
import type { Actor } from "../../../src/auth/actor";
import { Certificate } from "../../../src/entities/certificate";
import { act, type CommandRequest } from "../../../src/use-cases/command";
import { judge, type Answer, type Verdict } from "../judge";
import { transact } from "../../../src/store/transact";
import { enterWorld, replayer } from "../world";
import { decisionOf } from "./commands";
import { differencesWithin, scenarioDifferences } from "./differences";
import type { Operation, ScenarioVector, Step } from "./format";
import { Crash, GroupRaised, resultOf, withFaults } from "./faults";
import { operations } from "./operations";
import { commands, instantsWithin, requestsOf, shopThat } from "./requests";
import type { Situation } from "./situation";
import {
  Aliases,
  byRow,
  carriedOver,
  newestEntry,
  recordedHistory,
  recordedState,
  storedHistory,
  storedCertificates,
  storedState,
  type Entry,
  type Outcome,
  type Row,
  type State,
} from "./state";
import { appOn } from "../../support/app";

/** What a step is taken in: one scenario on one database. */
interface Stage {
  db: DataSource;
  app: App;
  aliases: Aliases;
  /** The newest history entry before the scenario, and all that it has added so far. */
  start: string;
  past: Entry[];
  certificates: Record<string, string>;
  spentAt: Record<string, string>;
  paidBack: ReadonlySet<string>;
}

/** Replays a scenario step by step, up to the first one after which ours means to go on from another state. */
export async function replayScenario(db: DataSource, vector: ScenarioVector): Promise<Verdict> {
  const stage = await setStage(db, vector);
  const verdict = judge(vector.id, []);
  const steps = { compared: 0, total: vector.steps.length };
  let [before, ours] = [emptyState, emptyState];
  for (const [index, step] of vector.steps.entries()) {
    const { op, at, endedAt } = step;
    const { past, certificates, spentAt, paidBack } = stage;
    const situation = {
      op,
      at,
      endedAt,
      state: ours,
      past,
      world: vector.world,
      certificates,
      spentAt,
      paidBack,
    };
    const touching = scenarioDifferences.filter(({ applies }) => applies(situation));
    const stopping = [
      ...touching.filter(({ instead }) => !instead).map(({ name }) => name),
      ...differencesWithin(situation, scenarioDifferences),
    ];
    for (const name of stopping) verdict.differences.add(name);
    if (stopping.length > 0) break;
    const after = recordedState(step);
    const recorded = recordedOutcome(step, carriedOver(ours, before, after), ours);
    const wanted = touching.reduce((outcome, { instead }) => instead!(situation, outcome), recorded);
    const got = await take(stage, step, situation);
    const rules = touching.map(({ name }) => name);
    const judged = judge(vector.id, answersOfStep(index, step, { got, recorded, wanted }, rules));
    mergeInto(verdict, judged);
    steps.compared += 1;
    if (judged.failures.length > 0 || !mayGoOn(wanted.state, after)) break;
    noteCommand(stage, situation, got.state);
    [before, ours] = [after, got.state];
  }
  return { ...verdict, steps };
}

const emptyState: State = { entitlements: {}, enrollments: {}, supportDetails: {} };

async function setStage(db: DataSource, vector: ScenarioVector): Promise<Stage> {
  const { userIds, policyIds } = await enterWorld(db, vector.world);
  const aliases = new Aliases();
  for (const [alias, id] of userIds) aliases.set("user", alias, id);
  for (const [alias, id] of policyIds) aliases.set("policy", alias, id);
  await transact(db, replayer, (tx) =>
    tx.save(
      vector.world.certificates.map(({ user, run, status }) =>
        tx.create(Certificate, { userId: aliases.id("user", user), courseRunKey: run, status }),
      ),
    ),
  );
  const app = appOn(db);
  return {
    db,
    app,
    aliases,
    start: await newestEntry(db),
    past: [],
    certificates: await storedCertificates(db, aliases),
    spentAt: {},
    paidBack: new Set(),
  };
}

async function take(stage: Stage, step: Step, situation: Situation): Promise<Outcome> {
  const result = await resultOf(() => perform(stage, step, situation));
  const state = await storedState(stage.db, stage.aliases);
  const entries = await storedHistory(stage.db, stage.aliases, stage.start);
  const [past, added] = [entries.slice(0, stage.past.length), entries.slice(stage.past.length)];
  const isPastKept = isDeepStrictEqual(past, stage.past);
  stage.past = entries;
  stage.certificates = await storedCertificates(stage.db, stage.aliases);
  return { result, state, history: byRow(added), isPastKept };
}

/** Remembers what a command has done that no column of the vectors says. */
function noteCommand(stage: Stage, situation: Situation, after: State): void {
  const { at, state } = situation;
  const decision = decisionOf(situation);
  if (decision?.kind !== "enrolls" && decision?.kind !== "refunds") return;
  const { alias, kind } = decision;
  const hasChanged = !isDeepStrictEqual(after.entitlements[alias], state.entitlements[alias]);
  const link = `${alias} ${String(after.entitlements[alias]?.["enrollment"])}`;
  if (hasChanged && kind === "enrolls") stage.spentAt = { [link]: at, ...stage.spentAt };
  if (hasChanged && kind === "refunds") stage.paidBack = new Set([...stage.paidBack, alias]);
}

async function perform(stage: Stage, step: Step, situation: Situation): Promise<unknown> {
  return withFaults(stage.db, situation, async () => {
    let result: unknown;
    for (const { op, at } of requestsOf(step.op, step.at)) {
      const request = requestOf(stage, op, op.actor, at);
      const ours = commands[op.op];
      result = ours
        ? await ours(request, stage.aliases, op)
        : await act(request, (tx) => performWithin(stage, tx, request, step, op));
      // A caller's fault that found nothing to undo.
      if (ours && op.transaction === "raise-after") throw new Crash();
    }
    return result;
  });
}

async function performWithin(
  stage: Stage,
  tx: EntityManager,
  request: CommandRequest,
  step: Step,
  op: Operation,
): Promise<unknown> {
  const answer =
    op.op === "group" ? await performAll(stage, tx, step) : await operate(stage, tx, request, op);
  if (op.transaction === "raise-after") throw new Crash();
  return answer;
}

/** Each step in a savepoint of its own. What came of them is known even if the caller raises in the end. */
async function performAll(stage: Stage, tx: EntityManager, { op, at }: Step): Promise<unknown> {
  const outcomes: unknown[] = [];
  const instants = instantsWithin(op, at);
  for (const [index, inner] of op.steps!.entries()) {
    const request = requestOf(stage, inner, op.actor, instants[index]!);
    outcomes.push(
      await resultOf(() => tx.transaction((savepoint) => operate(stage, savepoint, request, inner))),
    );
  }
  if (op.end === "raise") throw new GroupRaised(outcomes);
  return outcomes;
}

function operate(
  { aliases }: Stage,
  tx: EntityManager,
  request: CommandRequest,
  op: Operation,
): Promise<unknown> {
  const operation = operations[op.op];
  if (!operation) throw new Error(`Cannot replay the operation ${op.op}`);
  return operation({ tx, request, aliases, op });
}

function requestOf(
  { app, aliases }: Stage,
  op: Operation,
  alias: string | undefined,
  at: string,
): CommandRequest {
  const clock = () => new Date(at);
  const actor: Actor = {
    userId: alias === undefined ? null : aliases.id("user", alias),
    username: alias ?? "system",
    isSupport: true,
    isStaff: true,
    isService: false,
    isAuditor: false,
    isSuperuser: true,
  };
  const refunds = shopThat(op.refundSucceeds === true, clock);
  return {
    app: { ...app, clock, refunds },
    actor,
    now: clock(),
    requestId: null,
    calls: null,
    command: "parity",
  };
}

function recordedOutcome(step: Step, state: State, ours: State): Outcome {
  const history = recordedHistory(step);
  // The last state of a deleted row is ours, which may have an older stamp than the original's.
  for (const [alias, entries] of Object.entries(history))
    for (const entry of entries) {
      const mine = ours.entitlements[alias] ?? ours.supportDetails[alias];
      if (entry.type === "-" && mine) entry.row = { ...entry.row, modified: mine["modified"] };
    }
  return { result: recordedResult(step), state, history, isPastKept: step.historyRewritten === undefined };
}

function recordedResult({ op, result, error, errorCause }: Step): unknown {
  if (error !== undefined) return errorCause === undefined ? { error } : { error, errorCause };
  if (op.op === "listActive") return (result as string[]).toSorted();
  if (op.op !== "group") return result ?? null;
  return (result as Partial<Step>[]).map((inner, index) =>
    recordedResult({ ...inner, op: op.steps![index]! } as Step),
  );
}

function answersOfStep(
  index: number,
  { op }: Step,
  { got, recorded, wanted }: Record<"got" | "recorded" | "wanted", Outcome>,
  rules: readonly string[],
): Answer[] {
  return (["result", "state", "history", "isPastKept"] as const).map((part) => ({
    field: `steps[${index}] ${op.op}: ${part}`,
    got: got[part],
    recorded: recorded[part],
    wanted: wanted[part],
    rules,
  }));
}

/** Whether what follows can be compared: the original's decisions look neither at stamps nor at who is in a run. */
function mayGoOn(ours: State, original: State): boolean {
  const decisive = (rows: Record<string, Row>) =>
    Object.fromEntries(
      Object.entries(rows).map(([alias, row]) => [alias, { ...row, modified: null, isActive: null }]),
    );
  return (Object.keys(original) as (keyof State)[]).every((table) =>
    isDeepStrictEqual(decisive(ours[table]), decisive(original[table])),
  );
}

function mergeInto(verdict: Verdict, { answers, changed, failures, differences }: Verdict): void {
  verdict.answers += answers;
  verdict.changed += changed;
  verdict.failures.push(...failures);
  for (const name of differences) verdict.differences.add(name);
}

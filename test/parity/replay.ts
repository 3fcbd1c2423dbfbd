import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { DataSource } from "typeorm";
import type { z } from "zod";
import type { Failure, Verdict } from "./judge";
import { replayPolicy } from "./rules";
import { replayQueries } from "./queries";
import { scenarioVector } from "./scenarios/format";
import { replayScenario } from "./scenarios/replay";
import { policyVector, queryVector, readVectors, UsageError } from "./vectors";

/** What came of replaying one file. */
export interface Summary {
  file: string;
  /** Vectors of which every answer equals the original's. */
  passed: number;
  failed: number;
  /** Vectors of which every answer is right, but some by a named difference. */
  differing: number;
  /** For each named difference, in how many vectors it changed an answer. */
  differences: Map<string, number>;
  answers: number;
  /** Answers that a named difference changed. */
  changed: number;
  /** Of scenarios: how many of their steps were compared. */
  steps: { compared: number; total: number };
  /** The first failures, with the vector each belongs to. */
  failures: (Failure & { id: string })[];
}

/** How a kind of file is replayed. */
interface Handler {
  needsDatabase: boolean;
  replay: (path: string, db: DataSource | null) => AsyncGenerator<Verdict>;
}

const FAILURES_SHOWN = 20;

const handlers: Record<string, Handler> = {
  "policy.json": handler(policyVector, false, (vector) => replayPolicy(vector)),
  "queries.json": handler(queryVector, true, (vector, db) => replayQueries(db!, vector)),
  "scenarios.json": handler(scenarioVector, true, (vector, db) => replayScenario(db!, vector)),
};

/** The files of a folder, or the one file given, that can be replayed. */
export function vectorFiles(path: string): string[] {
  const known = Object.keys(handlers);
  if (!existsSync(path)) throw new UsageError(`${path}: no such file or folder`);
  const files = statSync(path).isDirectory() ? known.map((file) => join(path, file)) : [path];
  for (const file of files) {
    if (!known.includes(basename(file)))
      throw new UsageError(`${file}: not one of the files that can be replayed: ${known.join(", ")}`);
    if (!existsSync(file)) throw new UsageError(`${file}: missing; the folder must hold ${known.join(", ")}`);
  }
  return files;
}

/** Whether replaying this file needs a database. */
export function needsDatabase(path: string): boolean {
  return handlers[basename(path)]!.needsDatabase;
}

/** Replays every vector of a file, one after the other. */
export async function replayFile(
  path: string,
  db: DataSource | null,
  progress: (vectors: number) => void = () => {},
): Promise<Summary> {
  const counts = { passed: 0, failed: 0, differing: 0, answers: 0, changed: 0 };
  const summary: Summary = {
    file: basename(path),
    ...counts,
    differences: new Map(),
    steps: { compared: 0, total: 0 },
    failures: [],
  };
  for await (const verdict of handlers[basename(path)]!.replay(path, db)) {
    add(summary, verdict);
    progress(summary.passed + summary.failed + summary.differing);
  }
  return summary;
}

function add(summary: Summary, { id, answers, changed, failures, differences, steps }: Verdict): void {
  summary.answers += answers;
  summary.changed += changed;
  summary.steps.compared += steps?.compared ?? 0;
  summary.steps.total += steps?.total ?? 0;
  for (const rule of differences) summary.differences.set(rule, (summary.differences.get(rule) ?? 0) + 1);
  for (const failure of failures)
    if (summary.failures.length < FAILURES_SHOWN) summary.failures.push({ id, ...failure });
  if (failures.length > 0) summary.failed += 1;
  else if (differences.size > 0) summary.differing += 1;
  else summary.passed += 1;
}

/** What could not be replayed at all has failed, and does not keep the others from being replayed. */
function failed(id: string, error: unknown): Verdict {
  const failure = { field: "replay", expected: "an answer", got: String(error) };
  return { id, answers: 0, changed: 0, failures: [failure], differences: new Set() };
}

function handler<T extends { id: string }>(
  format: z.ZodType<T>,
  needsDatabase: boolean,
  replay: (vector: T, db: DataSource | null) => Verdict | Promise<Verdict>,
): Handler {
  return {
    needsDatabase,
    replay: async function* (path, db) {
      for await (const vector of readVectors(path, format))
        try {
          yield await replay(vector, db);
        } catch (error) {
          yield failed(vector.id, error);
        }
    },
  };
}

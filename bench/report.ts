import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/** What one round against one server measured. */
export interface Measure {
  requestsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Microseconds of processor time a request. */
  serverCpu: number;
  postgresCpu: number;
}

/** One round: the same load against the product and against the floor, one after the other. */
export interface Round {
  server: Measure;
  floor: Measure;
}

const COLUMNS = ["requests/s", "p50 ms", "p99 ms", "CPU µs: server", "PostgreSQL", "together"];
const DIGITS = [0, 2, 2, 0, 0, 0];

/** The heading of a workload's table. */
export function heading(name: string, title: string): string {
  return `\n${name}: ${title}\n${line("", COLUMNS)}`;
}

/** A round's two lines and its ratios. */
export function roundLines(label: string, { server, floor }: Round): string {
  const ours = numbers(server);
  const least = numbers(floor);
  const ratios = ours.map((value, column) => `${(value / least[column]!).toFixed(2)} x`);
  const show = (values: number[]) => values.map((value, column) => value.toFixed(DIGITS[column]));
  return [
    line(`${label} server`, show(ours)),
    line(`${" ".repeat(label.length)} floor`, show(least)),
    line(`${" ".repeat(label.length)} ratio`, ratios),
  ].join("\n");
}

/** The median of each number on its own. */
export function medianRound(rounds: Round[]): Round {
  const medians = (which: keyof Round) => {
    const measures = rounds.map((round) => round[which]);
    const keys = Object.keys(measures[0]!) as (keyof Measure)[];
    return Object.fromEntries(keys.map((key) => [key, median(measures.map((measure) => measure[key]))]));
  };
  return { server: medians("server"), floor: medians("floor") } as unknown as Round;
}

/** Processor time of server and PostgreSQL together, as a multiple of the floor's: the median of the rounds. */
export function cpuRatio(rounds: Round[]): number {
  return median(rounds.map(({ server, floor }) => together(server) / together(floor)));
}

/** What the numbers were measured on. */
export function circumstances(postgresVersion: string): string {
  const [cpu] = cpus();
  return [
    `commit ${commit()}`,
    `Node ${process.versions.node}`,
    `PostgreSQL ${postgresVersion}`,
    `${cpus().length} cores (${cpu?.model ?? "unknown"})`,
  ].join(", ");
}

function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", stdio: "pipe" }).trim();
  try {
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") ? " with changes" : "");
  } catch {
    return "unknown";
  }
}

const numbers = (measure: Measure) => [...Object.values(measure), together(measure)] as number[];
const together = ({ serverCpu, postgresCpu }: Measure) => serverCpu + postgresCpu;
const line = (label: string, cells: string[]) =>
  `${label.padEnd(16)}${cells.map((cell) => cell.padStart(15)).join("")}`;

/** The middle one of some numbers. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value below which a share of some numbers lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? NaN;
}

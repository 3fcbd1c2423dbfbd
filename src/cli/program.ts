import { once } from "node:events";
import { basename, resolve } from "node:path";
import { inspect, parseArgs, type ParseArgsConfig } from "node:util";
import { ConfigError } from "../config";
import { EmbeddedPostgresError } from "../postgres/installation";

/** Who has started this program: of a script of npm, often a shell. */
const parent = process.ppid;
const LOOKS_EVERY_MS = 300;
/** A terminal sends Ctrl-C to npm and to this process, and npm forwards it to this process again. */
const ONE_SIGNAL_WITHIN_MS = 200;

/** Runs what a program does. Where it fails, `failed` prints why and exits. */
export function runProgram(
  main: () => void | Promise<void>,
  failed: (error: unknown) => never = endWith,
): void {
  endWithShell();
  Promise.resolve().then(main).catch(failed);
}

/**
 * What the command line says, by the options of a program. Throws a ConfigError where one that counts once is given twice:
 * of two values one would be overlooked. Throws ERR_PARSE_ARGS_… where an option is unknown or lacks its value.
 */
export function parseOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  const given = parseArgs({ ...config, tokens: true });
  const seen = new Set<string>();
  for (const token of given.tokens!) {
    if (token.kind !== "option" || config.options?.[token.name]?.multiple) continue;
    if (seen.has(token.name)) throw new ConfigError(`${token.rawName}: is given twice`);
    seen.add(token.name);
  }
  return given as unknown as ReturnType<typeof parseArgs<T>>;
}

/** npm passes a signal on to the shell that runs a script, and many a shell dies of it without telling us. */
function endWithShell(): void {
  if (!process.env["npm_lifecycle_script"]?.includes(basename(process.argv[1]!))) return;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look); // a second signal would end a stop that has begun
    process.kill(process.pid, "SIGTERM");
  }, LOOKS_EVERY_MS).unref();
}

/** Resolves at the first SIGTERM or SIGINT; the second one ends the process immediately. */
export async function stopSignal(): Promise<void> {
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  const first = Date.now();
  const endAtOnce = (_name: string, number: number) => {
    if (Date.now() - first > ONE_SIGNAL_WITHIN_MS) process.exit(128 + number);
  };
  process.on("SIGTERM", endAtOnce).on("SIGINT", endAtOnce);
}

/** Prints why the program fails and exits. An error that the operator can mend is printed as one line. */
export function endWith(error: unknown, status = 1): never {
  process.stderr.write(`${isExpected(error) ? error.message : inspect(error)}\n`);
  process.exit(status);
}

/** Whether the error is a fault of the settings, of the machine or of the command line. */
function isExpected(error: unknown): error is Error {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) return true;
  const { code, path } = error as NodeJS.ErrnoException;
  return String(code).startsWith("ERR_PARSE_ARGS_") || (path !== undefined && isNamed(path));
}

/** Whether the command line names a file, or the folder that it is in. */
function isNamed(path: string): boolean {
  const named = process.argv.slice(2).map((given) => resolve(given.replace(/^--[^=]+=/, "")));
  return named.some((each) => resolve(path).startsWith(each));
}

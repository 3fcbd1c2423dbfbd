import type { Logger } from "pino";

/** An error as the log shows it: never a value, so neither SQL parameters nor the quotations of a message. */
export interface Described {
  type: string;
  code: string | undefined;
  message: string;
  /** The name of the violated constraint in PostgreSQL. */
  constraint: string | undefined;
  /** The lines of the stack that name where the error arose. */
  frames: string[];
}

/** The id that a client has given to its request, where it is harmless. It stands beside our own, which nobody can choose. */
export function clientRequestId(given: unknown): string | undefined {
  return typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : undefined;
}

/** Describes an error for the log. */
export function describe(error: unknown): Described {
  if (!(error instanceof Error))
    return { type: typeof error, code: undefined, message: "", constraint: undefined, frames: [] };
  const { code, constraint } = error as Error & { code?: string; constraint?: string };
  const isAboutNames = code?.startsWith("42"); // then PostgreSQL quotes the name of a column or table, and no value
  return {
    type: error.constructor.name,
    code,
    message: isAboutNames ? error.message : error.message.replaceAll(/"[^"]*"/g, '"…"'),
    constraint,
    frames: (error.stack ?? "").split("\n").flatMap((line) => /^\s+at (.*)$/.exec(line)?.[1] ?? []),
  };
}

let count = 0;

/** How many exceptions of this process no code has handled. */
export const unhandledFaults = (): number => count;

/**
 * Keeps the process alive when no code has handled an exception, and logs it. Node would end the process, and with it
 * all other requests. The process may go on, because requests share nothing that an exception could leave half changed:
 * stored data changes in transactions, which roll back when they are not completed.
 */
export function spreadLastNet(log: Logger): void {
  const tell = (error: unknown) => {
    count++;
    log.error({ error: describe(error) }, "unhandled");
  };
  process.on("uncaughtException", tell).on("unhandledRejection", tell);
}

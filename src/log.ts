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

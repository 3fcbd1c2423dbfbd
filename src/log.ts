/** What the log holds of an error: never a value, so neither SQL parameters nor what an error quotes. */
export interface Described {
  type: string;
  code: string | undefined;
  message: string;
  /** PostgreSQL's name for the constraint that was hurt. */
  constraint: string | undefined;
  frames: string[];
}

/** Describes an error for the log. */
export function describe(error: unknown): Described {
  if (!(error instanceof Error))
    return { type: typeof error, code: undefined, message: "", constraint: undefined, frames: [] };
  const { code, constraint } = error as Error & { code?: string; constraint?: string };
  const isAboutNames = code?.startsWith("42"); // PostgreSQL quotes a column or table then, and no value
  return {
    type: error.constructor.name,
    code,
    message: isAboutNames ? error.message : error.message.replaceAll(/"[^"]*"/g, '"…"'),
    constraint,
    frames: (error.stack ?? "").split("\n").flatMap((line) => /^\s+at (.*)$/.exec(line)?.[1] ?? []),
  };
}

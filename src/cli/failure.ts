import { inspect } from "node:util";
import { ConfigError } from "../config";
import { EmbeddedPostgresError } from "../postgres/installation";

/** Says why a program ends, in one line where the operator can do something about it, and ends it with status 1. */
export function endWith(error: unknown): never {
  process.stderr.write(`${isExpected(error) ? error.message : inspect(error)}\n`);
  process.exit(1);
}

/** A fault of the settings, of the machine, or of the command line. */
function isExpected(error: unknown): error is Error {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) return true;
  return String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS_");
}

import { inspect } from "node:util";
import { ConfigError } from "../config";
import { EmbeddedPostgresError } from "../postgres/installation";

/** Prints why the program fails and exits. An error that the operator can mend is printed as one line. */
export function endWith(error: unknown, status = 1): never {
  process.stderr.write(`${isExpected(error) ? error.message : inspect(error)}\n`);
  process.exit(status);
}

/** Whether the error is a fault of the settings, of the machine or of the command line. */
function isExpected(error: unknown): error is Error {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) return true;
  return String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS_");
}

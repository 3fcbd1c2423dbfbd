import { inspect } from "node:util";
import { ConfigError } from "../config";
import { EmbeddedPostgresError } from "../postgres/installation";

/** Says why a program ends, in one line where the operator can do something about it, and ends it with status 1. */
export function endWith(error: unknown): never {
  const isExpected = error instanceof ConfigError || error instanceof EmbeddedPostgresError;
  process.stderr.write(`${isExpected ? error.message : inspect(error)}\n`);
  process.exit(1);
}

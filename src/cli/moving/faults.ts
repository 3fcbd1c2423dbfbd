import { ConfigError } from "../../config";
import { ImportIsRunning } from "../../moving/import/session";
import { SourceFault } from "../../moving/sources/source";

/** A fault of a source as one that is told in a line; every other error as it is. */
export function asLine(error: unknown): unknown {
  return error instanceof SourceFault || error instanceof ImportIsRunning
    ? new ConfigError(error.message, { cause: error })
    : error;
}

import { readFileSync } from "node:fs";
import { ConfigError } from "../../config";

/** The text of a file that was named on the command line. Throws ConfigError. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

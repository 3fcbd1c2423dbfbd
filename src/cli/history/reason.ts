import { ConfigError } from "../../config";
import { isBlank } from "../../store/texts";

/** The reason that `--reason` gives for what is removed from history. Throws ConfigError where it gives none, or too long a one. */
export function reasonOf(given: string | undefined): string {
  const reason = given?.trim();
  if (reason === undefined || isBlank(reason) || reason.length > 2_000)
    throw new ConfigError("--reason: takes 1 to 2000 characters");
  return reason;
}

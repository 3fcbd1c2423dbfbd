import { NETWORK_FAULTS } from "../../network-faults";
import { isTimeout } from "../unavailable";

/** Why a database cannot be used, by PostgreSQL's codes; failures of the network have a table of their own. */
const FAULTS: Record<string, string> = {
  ENOENT: "nothing listens on its socket",
  "28000": "PostgreSQL does not let its user in",
  "28P01": "PostgreSQL does not let its user in with its password",
  "3D000": "PostgreSQL has no such database",
  "42501": "its user lacks a right",
  "53300": "PostgreSQL takes no more connections",
  "57P03": "PostgreSQL is starting or stopping",
};

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Says in one line why a database cannot be used, never its password: what follows "The database …" or its setting. */
export function connectionFault(error: unknown): string {
  const fault = error as Error & { code?: string };
  const { code, message } = fault;
  const said = firstLine(message);
  if (code === undefined) return isTimeout(fault) ? NETWORK_FAULTS["ETIMEDOUT"]!.text : said;
  const known = FAULTS[code] ?? NETWORK_FAULTS[code]?.text;
  if (known) return code === "42501" ? `${known}: ${said}` : known;
  return SQLSTATE.test(code) ? `PostgreSQL says: ${said}` : said;
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0]!;
}

import { isTimeout } from "./unavailable";

/** Why a database cannot be used, by the codes of Node's sockets and of PostgreSQL. */
const FAULTS: Record<string, string> = {
  ENOTFOUND: "its host is not known",
  EAI_AGAIN: "its host is not known at the moment",
  ENOENT: "nothing listens on its socket",
  ECONNREFUSED: "nothing listens on its host and port",
  ECONNRESET: "its host hangs up",
  ETIMEDOUT: "its host does not answer",
  EHOSTUNREACH: "its host cannot be reached",
  ENETUNREACH: "its host cannot be reached",
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
  if (code === undefined) return isTimeout(fault) ? FAULTS["ETIMEDOUT"]! : said;
  const known = FAULTS[code];
  if (known) return code === "42501" ? `${known}: ${said}` : known;
  return SQLSTATE.test(code) ? `PostgreSQL says: ${said}` : said;
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0]!;
}

import { openFolder } from "./folder";
import { openMysql } from "./mysql";
import { SourceFault, type Source } from "./source";

/** How a source is opened. */
export interface SourceOptions {
  /** The password of a database whose URL has none. */
  password: string | undefined;
  /** The instant of a folder, as `2026-01-31T12:00:00Z`; null for that of its oldest file. */
  asOf: string | null;
}

/** Opens the database of a URL such as `mysql://user@host/edxapp`, or a folder. Throws a SourceFault. */
export async function openSource(from: string, { password, asOf }: SourceOptions): Promise<Source> {
  const instant = asOf === null ? null : new Date(asOf);
  if (instant && Number.isNaN(instant.getTime()))
    throw new SourceFault(`${asOf} is not an instant such as 2026-01-31T12:00:00Z`);
  if (isDatabase(from)) {
    if (instant) throw new SourceFault("a database is read as of now: --as-of is for a folder");
    return openMysql(from, password);
  }
  return openFolder(from, instant && `${instant.toISOString().replace("T", " ").replace("Z", "")}000`);
}

/** Whether a source is a database, which can be followed. */
export function isDatabase(from: string): boolean {
  return /^(mysql|mariadb):\/\//.test(from);
}

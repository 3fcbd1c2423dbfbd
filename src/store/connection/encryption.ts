import { select, type Database } from "../statement";

/** How a connection leads to PostgreSQL, as PostgreSQL sees it. */
export interface Path {
  isEncrypted: boolean;
  /** The address at which PostgreSQL was reached; null for a socket of this machine. */
  address: string | null;
}

/** How the connections of a database lead to it. */
export async function pathTo(db: Database): Promise<Path> {
  const [path] = await select<Path>(
    db,
    `select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "isEncrypted",
       host(inet_server_addr()) as address`,
    [],
  );
  return path!;
}

/** Whether others on a network could read what is sent: it is not encrypted, and leaves this machine. */
export function isExposed({ isEncrypted, address }: Path): boolean {
  return !isEncrypted && address !== null && !/^(127\.|::1$)/.test(address);
}

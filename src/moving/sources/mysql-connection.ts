import { createConnection, type Connection, type ConnectionOptions, type RowDataPacket } from "mysql2";
import { SourceFault } from "./source";

/** A connection to MySQL or MariaDB. */
export interface MysqlConnection {
  connection: Connection;
  /** Runs a statement; its rows are lists of values. */
  ask: (sql: string) => Promise<unknown>;
  /** Ends the connection at once. */
  close: () => Promise<void>;
}

/**
 * Connects to the database of a URL, with the password of the URL or, where it has none, the given one. Instants are read
 * as text in UTC. Throws a SourceFault.
 */
export async function openMysqlConnection(
  from: string,
  password: string | undefined,
): Promise<MysqlConnection> {
  const db = await connect(new URL(from), password);
  await db.ask("set time_zone = '+00:00', net_write_timeout = 3600, net_read_timeout = 3600");
  return db;
}

function connect(url: URL, password: string | undefined): Promise<MysqlConnection> {
  const options: ConnectionOptions = {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: url.password ? decodeURIComponent(url.password) : password,
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(url.searchParams.get("tls") === "on" ? { ssl: { rejectUnauthorized: true } } : {}),
    charset: "utf8mb4",
    timezone: "Z",
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    rowsAsArray: true,
    connectTimeout: 10_000,
    flags: ["-LOCAL_FILES"],
  };
  const connection = createConnection(options);
  connection.on("error", () => undefined); // the statement that is sent says so too
  const ask = (sql: string) =>
    new Promise((resolve, reject) => {
      connection.query<RowDataPacket[][]>(sql, (error, rows) =>
        error ? reject(faultOf(error)) : resolve(rows),
      );
    });
  const close = async () => connection.destroy();
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(faultOf(error)) : resolve({ connection, ask, close })));
  });
}

/** A failure of MySQL as a fault that its operator can mend. */
export function faultOf(error: unknown): Error {
  if (error instanceof SourceFault) return error;
  const { code = "", message } = error as { code?: string; message: string };
  return new SourceFault(`MySQL: ${code} ${message}`.trim());
}

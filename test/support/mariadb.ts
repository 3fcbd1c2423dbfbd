import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection, type Connection, type RowDataPacket } from "mysql2";
import { isServerThere } from "./local-server";

const ADDRESS = { host: "127.0.0.1", port: 3306, user: "root" };

/** Whether a MariaDB or MySQL runs at 127.0.0.1:3306. Where it does not, the tests that need it say so and are skipped. */
export const hasMariadb = isServerThere("MariaDB or MySQL", ADDRESS.port);

/** A database of a test's own. */
export interface MysqlDatabase {
  /** Its address for `--from`. */
  url: string;
  ask(sql: string): Promise<RowDataPacket[]>;
  /** Runs the `load.sql` of an export, as the client of MySQL does in its folder. */
  load(folder: string): Promise<void>;
  drop(): Promise<void>;
}

let made = 0;

/** Makes a database with the tables of `test/moving/edxapp.sql`. */
export async function createEdxapp(): Promise<MysqlDatabase> {
  const name = `course_entitlements_${process.pid}_${++made}`;
  const connection: Connection = createConnection({
    ...ADDRESS,
    multipleStatements: true,
    charset: "utf8mb4",
    flags: ["+LOCAL_FILES"],
  });
  const ask = (sql: string, folder = "") =>
    new Promise<RowDataPacket[]>((resolve, reject) => {
      const infileStreamFactory = (file: string) => createReadStream(join(folder, file));
      connection.query<RowDataPacket[]>({ sql, infileStreamFactory }, (error, rows) =>
        error ? reject(error) : resolve(rows),
      );
    });
  await ask(`create database ${name} character set utf8mb4; use ${name}`);
  await ask(readFileSync("test/moving/edxapp.sql", "utf8"));
  return {
    url: `mysql://${ADDRESS.user}@${ADDRESS.host}/${name}`,
    ask,
    async load(folder) {
      const statements = readFileSync(join(folder, "load.sql"), "utf8").split(/;$/m);
      for (const sql of statements.filter((each) => each.trim() !== "")) await ask(sql, folder);
    },
    async drop() {
      await ask(`drop database ${name}`);
      connection.destroy();
    },
  };
}

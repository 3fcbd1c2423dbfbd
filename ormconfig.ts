import "reflect-metadata";
import { DataSource, type DataSourceOptions } from "typeorm";
import { entities } from "./src/entities";
import { migrations } from "./migrations";

/** How the server and the TypeORM command line reach PostgreSQL. */
export function dataSourceOptions(url: string | undefined, poolSize = 10): DataSourceOptions {
  return {
    type: "postgres",
    url,
    entities,
    migrations,
    migrationsTransactionMode: "each",
    poolSize,
    uuidExtension: "pgcrypto", // gen_random_uuid(), which PostgreSQL has without any extension
    installExtensions: false,
    connectTimeoutMS: 3_000,
    extra: {
      application_name: "course-entitlements",
      // Bounds on what a statement may hold up; the server's clock is UTC whatever the database is set to.
      options:
        "-c timezone=UTC -c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=5000",
    },
  };
}

export default new DataSource(dataSourceOptions(process.env["DATABASE_URL"]));

import { migrationOptions } from "../../../ormconfig";
import { openMigrated } from "../../compose/command-database";
import { openDatabase, usingAsOwner } from "../../compose/database";
import { ConfigError, type Config } from "../../config";
import { Site } from "../../entities/site";
import { EmbeddedPostgresError } from "../../postgres/installation";
import { finding, Wrong, type Finding } from "./finding";

/** Asks the database whether it can be used, whether all migrations are applied, and whether it knows SITE_DOMAIN. */
export async function* databaseFindings(config: Config): AsyncGenerator<Finding> {
  let isSiteKnown = false;
  yield await finding(
    "the database",
    async () => {
      try {
        const database = await openDatabase(config, { join: true });
        try {
          const db = await openMigrated(database, migrationOptions);
          isSiteKnown = await db.manager.existsBy(Site, { domain: config.siteDomain ?? "" });
          const [row] = await db.query<[{ server_version: string }]>("show server_version");
          await db.destroy();
          await usingAsOwner(database, () => Promise.resolve()); // whether it is the same one
          return `PostgreSQL ${row.server_version} answers, and all migrations are applied`;
        } finally {
          await database.stop();
        }
      } catch (error) {
        const isOurs = error instanceof ConfigError || error instanceof EmbeddedPostgresError;
        throw isOurs ? new Wrong(error.message) : error;
      }
    },
    { other: "see DATABASE_URL" },
  );
  const { siteDomain } = config;
  if (siteDomain === undefined)
    yield { what: "SITE_DOMAIN", verdict: "ok", found: "not set: policies for any site count" };
  else if (isSiteKnown) yield { what: "SITE_DOMAIN", verdict: "ok", found: "the table site has this site" };
  else
    yield {
      what: "SITE_DOMAIN",
      verdict: "wrong",
      found:
        "the table site has no such domain, so that new entitlements only get policies for any site: set SITE_DOMAIN to a domain of the table, or add the site of the LMS to it",
    };
}

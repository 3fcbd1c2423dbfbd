import { parseArgs } from "node:util";
import { DataSource } from "typeorm";
import { migrationOptions } from "../../ormconfig";
import { openDatabase, using } from "../compose";
import { ConfigError, loadConfig } from "../config";
import { bigWorldLearners, fillBigWorld } from "../demo/big-world";
import { migrateUp } from "../store/migrate";
import { endWith } from "./failure";
import { startProgress } from "./progress";

const HELP = `Fills a big demo world for benchmarks: learners with five entitlements each on average, in every condition,
for some five hundred courses. It goes beside what is there, in one transaction, and only once into a database.

  npm run demo -- [--learners 100000]

  --learners  how many, from 1 to 1000000

It goes into the PostgreSQL of DATABASE_URL, or else of npm start, which may be running. Never in production.
`;
const LEARNERS_AT_MOST = 1_000_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { learners: { type: "string", default: "100000" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (process.env["NODE_ENV"] === "production")
    throw new ConfigError("NODE_ENV: there is no demo world in production");
  const learners = Number(values.learners);
  if (!Number.isInteger(learners) || learners < 1 || learners > LEARNERS_AT_MOST)
    throw new ConfigError(`--learners: must be a whole number from 1 to ${LEARNERS_AT_MOST}`);

  const database = await openDatabase(loadConfig(process.env), { join: true });
  try {
    const db = await using(database, async (url) => {
      await migrateUp(migrationOptions(url));
      return new DataSource(migrationOptions(url)).initialize();
    });
    try {
      await fill(db, learners);
    } finally {
      await db.destroy();
    }
  } finally {
    await database.stop();
  }
}

async function fill(db: DataSource, learners: number): Promise<void> {
  const present = await bigWorldLearners(db);
  if (present > 0)
    throw new ConfigError(
      `The big demo world is there already, with ${present} learners; an empty database takes another`,
    );
  const start = Date.now();
  const progress = startProgress(learners, "learners");
  const size = await fillBigWorld(db, learners, new Date(), (done) => progress(done.learners));
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(
    `Filled ${size.learners} learners with ${size.entitlements} entitlements in ${seconds} s\n`,
  );
}

main().catch(endWith);

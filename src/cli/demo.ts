import { DataSource } from "typeorm";
import { migrationOptions } from "../../ormconfig";
import { migrate, openDatabase, using } from "../compose/database";
import { ConfigError, loadConfig } from "../config";
import { bigWorldLearners, fillBigWorld } from "../demo/big-world";
import { parseOptions, runProgram } from "./program";
import { startProgress } from "./progress";

const HELP = `Adds a big demo world for benchmarks: learners with five entitlements each on average, in every state, for about
five hundred courses. It is added to the existing rows in one transaction, and only once to a database.

  npm run demo -- [--learners 100000]

  --learners  the number of learners, from 1 to 1000000

The database is the PostgreSQL of DATABASE_URL or, without it, the embedded one, also while a server runs on it. The
command refuses to run in production.
`;
const LEARNERS_AT_MOST = 1_000_000;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: { learners: { type: "string", default: "100000" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (process.env["NODE_ENV"] === "production")
    throw new ConfigError("NODE_ENV: the demo world cannot be added in production");
  const learners = Number(values.learners);
  if (!Number.isInteger(learners) || learners < 1 || learners > LEARNERS_AT_MOST)
    throw new ConfigError(`--learners: must be a whole number from 1 to ${LEARNERS_AT_MOST}`);

  const database = await openDatabase(loadConfig(process.env), { join: true });
  try {
    await migrate(database);
    const db = await using(database, (url) => new DataSource(migrationOptions(url)).initialize());
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
      `The database already has the big demo world, with ${present} learners; use an empty database for another one`,
    );
  const start = Date.now();
  const progress = startProgress(learners, "learners");
  const size = await fillBigWorld(db, learners, new Date(), (done) => progress(done.learners));
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(
    `Added ${size.learners} learners with ${size.entitlements} entitlements in ${seconds} s\n`,
  );
}

runProgram(main);

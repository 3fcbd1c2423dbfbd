import { parseArgs } from "node:util";
import { Client } from "pg";
import { migrationOptions } from "../../ormconfig";
import { loadConfig } from "../config";
import { bigWorldLearners, fillBigWorld } from "../demo/big-world";
import { startEmbeddedPostgres } from "../postgres/embedded-postgres";
import { migrateUp } from "../store/migrate";
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
    options: { learners: { type: "string", default: "100000" }, help: { type: "boolean" } },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (process.env["NODE_ENV"] === "production") throw new Error("NODE_ENV: no demo world in production");
  const learners = Number(values.learners);
  if (!Number.isInteger(learners) || learners < 1 || learners > LEARNERS_AT_MOST)
    throw new Error(`--learners: must be a whole number from 1 to ${LEARNERS_AT_MOST}`);

  const { databaseUrl, dataDir } = loadConfig(process.env);
  if (databaseUrl) return fill(databaseUrl, learners);
  const postgres = await startEmbeddedPostgres(dataDir, { join: true });
  try {
    await fill(postgres.url, learners);
  } finally {
    await postgres.stop();
  }
}

async function fill(url: string, learners: number): Promise<void> {
  await migrateUp(migrationOptions(url));
  const client = new Client({ connectionString: url, application_name: "course-entitlements-demo" });
  await client.connect();
  try {
    const present = await bigWorldLearners(client);
    if (present > 0)
      throw new Error(
        `The big demo world is there already, with ${present} learners; an empty database takes another`,
      );
    const start = Date.now();
    const progress = startProgress(learners, "learners");
    const size = await fillBigWorld(client, learners, new Date(), (done) => progress(done.learners));
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    process.stdout.write(
      `Filled ${size.learners} learners with ${size.entitlements} entitlements in ${seconds} s\n`,
    );
  } finally {
    await client.end();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

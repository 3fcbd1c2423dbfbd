import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leafHash } from "../../src/proof/check-proof";
import { cosignedAt } from "../../src/proof/notes/cosignature";
import { LeafForm } from "../../src/proof/tree/leaf";
import { signCheckpoint } from "../../src/proof/notes/signer";
import { writeAddCheckpoint } from "../../src/proof/witness/witness";
import { newSigner } from "../proof/signers";
import { killLeftovers, run, runScript, runToEnd, said } from "../support/server-process";

const dir = mkdtempSync(join(tmpdir(), "proofs-"));
afterAll(() => {
  killLeftovers();
  rmSync(dir, { recursive: true });
});
const file = (name: string, content: string) => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};

const history = newSigner("history.example");
const leaf = new LeafForm(["action", "comments"]).textOf(["REISSUE", "hidden here"], {
  comments: Buffer.alloc(32),
});
const checkpoint = signCheckpoint(history, { size: 1, root: leafHash(leaf) });
const proof = { leaf, position: 0, hashes: [], checkpoint, openings: [] };

describe("history:check-proof", () => {
  const check = (...args: string[]) => runToEnd("dist/src/cli/history/check-proof.js", {}, args);

  test("prints the fields that are proven, and under which checkpoint", async () => {
    const { status, stdout } = await check(file("proof.json", JSON.stringify(proof)), "--key", history.vkey);
    expect(stdout).toMatch(
      /^action +REISSUE\ncomments +\(hidden\)\n\nProven: entry 0 of the 1 that history\.example/,
    );
    expect(status).toBe(0);
  });

  test("says why nothing is proven, and exits with 1", async () => {
    const altered = file(
      "altered.json",
      JSON.stringify({ ...proof, leaf: leaf.replace("REISSUE", "EXPIRE") }),
    );
    expect(await check(altered, "--key", history.vkey)).toMatchObject({
      status: 1,
      stdout: "Nothing is proven. The entry is not in the history that this checkpoint has sealed.\n",
    });
    expect(await check(file("none.json", "{}"), "--key", history.vkey)).toMatchObject({
      status: 1,
      stdout: "Nothing is proven. The file is not a proof of an entry.\n",
    });
    expect((await check(join(dir, "missing"), "--key", history.vkey)).stderr).toContain(
      "cannot be read (ENOENT)",
    );
    expect((await check(altered)).stderr).toBe("--key: must be the verification key of the history\n");
  });
});

test("the lines of the documentation check a copied proof with a copied file", () => {
  const [, lines = ""] =
    /```sh\n(cat > verify\.js[^]*?)```/.exec(readFileSync("docs/history.md", "utf8")) ?? [];
  copyFileSync("dist/src/proof/check-proof.js", join(dir, "check-proof.js"));
  file("kept-checkpoint.txt", checkpoint);
  const run = (written: object) => {
    file("proof.json", JSON.stringify(written));
    const script = lines.replace(/'entitlements[^']+'/, history.vkey);
    return spawnSync("sh", ["-c", script], { cwd: dir, encoding: "utf8" });
  };
  expect(run(proof)).toMatchObject({ status: 0, stdout: "{ action: 'REISSUE', comments: null }\n" });
  expect(run({ ...proof, position: 1 })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("not in the history") as string,
  });
});

test("a witness keeps its key and what it has seen over a kill, and cosigns nothing that contradicts it", async () => {
  const args = ["--name", "witness.example", "--key", join(dir, "key.pem"), "--data", join(dir, "seen")];
  const start = async () => {
    const program = run("dist/src/cli/history/witness.js", {}, [
      ...args,
      "--history",
      history.vkey,
      "--port",
      "0",
    ]);
    const [, key, url] = await said(program, /Witness (\S+)\nListens at (\S+)\n/, "stdout");
    return { ...program, key: key!, url: url! };
  };
  const ask = async (url: string, body: string) => {
    const answer = await fetch(url, { method: "POST", body });
    return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
  };
  const first = await start();
  expect(statSync(join(dir, "key.pem")).mode & 0o777).toBe(0o600);
  const asked = writeAddCheckpoint({ old: 0, path: [], note: checkpoint });
  const { status, text } = await ask(first.url, asked);
  expect([status, cosignedAt(checkpoint + text, first.key)]).toEqual([200, expect.any(Date)]);
  first.child.kill("SIGKILL");
  await first.exited;
  const again = await start();
  expect(again.key).toBe(first.key);
  expect(await ask(again.url, asked)).toEqual({ status: 409, type: "text/x.tlog.size", text: "1\n" });
  expect((await ask(again.url, "x".repeat(20_000))).status).toBe(413);
  expect((await fetch(again.url.replace("add-checkpoint", ""))).status).toBe(404);
  expect((await fetch(again.url)).status).toBe(405);
  again.child.kill("SIGTERM");
  expect(await again.exited).toBe(0);
});

test("a command that runs until it is stopped stops with npm, whose shell does not pass the signal on", async () => {
  const npm = runScript("history:witness", {}, [
    "--name=witness.example",
    `--key=${join(dir, "other.pem")}`,
    `--data=${join(dir, "other")}`,
    `--history=${history.vkey}`,
    "--port=0",
  ]);
  const [, url] = await said(npm, /Listens at (\S+)\n/, "stdout");
  expect((await fetch(url!)).status).toBe(405);
  npm.child.kill("SIGTERM");
  await npm.exited;
  await expect(fetch(url!)).rejects.toThrow("fetch failed");
});

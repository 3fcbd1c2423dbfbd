import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { keepersOf } from "../../src/compose/keepers";
import { openCheckpoint } from "../../src/proof/check-proof";
import { readKept } from "../../src/proof/notes/kept";
import { signCheckpoint } from "../../src/proof/notes/signer";
import { newSigner } from "./signers";

const dir = mkdtempSync(join(tmpdir(), "kept-"));
afterAll(() => rmSync(dir, { recursive: true }));

const note = (signer: ReturnType<typeof newSigner>, size: number) =>
  signCheckpoint(signer, { size, root: randomBytes(32) });

test.each(["history.example/of+3", "development"])(
  "wherever the writing of a checkpoint of %s ended, those before and after it are read",
  (name) => {
    const signer = newSigner(name);
    const [before, cut, after] = [1, 20, 21].map((size) => note(signer, size)) as [string, string, string];
    for (let length = 0; length < cut.length; length++) {
      const kept = readKept(before + cut.slice(0, length) + after, name);
      expect(kept).toEqual({ notes: [before, after], torn: length === 0 ? 0 : 1 });
      expect(readKept(cut.slice(0, length), name).notes).toEqual([]);
    }
    expect(readKept(before + cut + after, name)).toEqual({ notes: [before, cut, after], torn: 0 });
  },
);

test("a whole checkpoint of another history or with another signature is read, so that it is told as a fault", () => {
  const other = note(newSigner("other.example"), 7);
  const cosigned = note(newSigner("history.example"), 8) + newSigner("witness.example").line("x");
  expect(readKept(`${other}\n${cosigned}`, "history.example")).toEqual({ notes: [other, cosigned], torn: 0 });
});

test("a checkpoint that a full disk does not take is not kept in part, and the next ones are kept whole", () => {
  const signer = newSigner("history.example");
  const file = join(dir, "kept");
  // A limit for the size of a file lets a write end in its middle, as a full disk does.
  const keep = `const [keeper] = require("${resolve("dist/src/compose/keepers.js")}").keepersOf(["file:${file}"]);
    let kept = 0;
    try { for (const note of ${JSON.stringify(Array.from({ length: 20 }, (_, i) => note(signer, i + 1)))}) { keeper.keep(note); kept++; } }
    catch (error) { process.stdout.write(kept + " " + error.code); }`;
  const { stdout } = spawnSync("sh", ["-c", 'ulimit -f 1; exec node -e "$0"', keep], { encoding: "utf8" });
  const [, kept] = /^([1-9]\d?) EFBIG$/.exec(stdout) ?? [];
  keepersOf([`file:${file}`])[0]!.keep!(note(signer, 21));
  const { notes, torn } = readKept(readFileSync(file, "utf8"), signer.name);
  expect({ whole: notes.length, torn }).toEqual({ whole: Number(kept) + 1, torn: 0 });
  for (const each of notes) openCheckpoint(each, signer.vkey);
});

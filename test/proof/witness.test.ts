import { leafHash } from "../../src/proof/check-proof";
import { cosignedAt } from "../../src/proof/notes/cosignature";
import { GrowingTree } from "../../src/proof/tree/growing-tree";
import { consistencyPath, rootsOf } from "../../src/proof/tree/paths";
import { ALGORITHMS, signCheckpoint } from "../../src/proof/notes/signer";
import { witness, writeAddCheckpoint } from "../../src/proof/witness/witness";
import { newSigner } from "./signers";

const NOW = new Date("2026-11-25T14:14:07Z");
const history = newSigner("history.example");
const its = newSigner("witness.example", ALGORITHMS.cosignature);

function grown(size: number, name = "entry") {
  const tree = new GrowingTree();
  for (let number = 0; number < size; number++) tree.append(leafHash(`${name} ${number}`));
  const tiles = tree.takeChanged();
  const read = (level: number, index: number) =>
    tiles.find((tile) => tile.level === level && tile.index === index)!.hashes;
  const note = signCheckpoint(history, tree);
  return {
    note,
    after: (old: number) =>
      writeAddCheckpoint({ old, path: rootsOf(consistencyPath(old, size), read), note }),
  };
}

let seen: Map<string, string>;
let ask: ReturnType<typeof witness>;
beforeEach(() => {
  seen = new Map();
  ask = witness(its, [history.vkey], {
    read: (origin) => seen.get(origin),
    write: (origin, note) => void seen.set(origin, note),
  });
});

test("a witness cosigns a history that continues what it has seen", () => {
  for (const [old, size] of [
    [0, 3],
    [3, 300],
    [300, 300],
    [300, 301],
  ] as const) {
    const { note, after } = grown(size);
    const { status, body } = ask(after(old), NOW);
    expect(status).toBe(200);
    expect(cosignedAt(note + body, its.vkey)).toEqual(NOW);
    expect(cosignedAt(note + body, newSigner("witness.example", ALGORITHMS.cosignature).vkey)).toBeNull();
    expect(cosignedAt(grown(size + 1).note + body, its.vkey)).toBeNull();
    expect(seen.get("history.example")).toBe(note);
  }
});

test("a history that was rolled back, changed or forked gets no cosignature, and is told how much was seen", () => {
  ask(grown(300).after(0), NOW);
  const before = seen.get("history.example");
  for (const body of [
    grown(200).after(0),
    grown(200).after(200),
    grown(300, "other").after(300),
    grown(400).after(200),
  ])
    expect(ask(body, NOW)).toEqual({ status: 409, body: "300\n" });
  expect(ask(grown(400, "other").after(300), NOW).status).toBe(422);
  expect(seen.get("history.example")).toBe(before);
});

test("a witness refuses histories that it does not know, other keys, and what is no request", () => {
  const { note, after } = grown(3);
  expect(ask(after(0).replaceAll("history.example", "other.example"), NOW).status).toBe(404);
  expect(ask(after(0).replace("\n3\n", "\n4\n"), NOW).status).toBe(403);
  for (const body of [
    "",
    note,
    `old -1\n\n${note}`,
    `old 0\nx\n\n${note}`,
    after(0).replace("old 0", "old 4"),
  ])
    expect(ask(body, NOW).status).toBe(400);
  expect(seen.size).toBe(0);
});

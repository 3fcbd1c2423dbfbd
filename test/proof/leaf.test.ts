import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { checkProof, leafHash, nodeHash, type ProofFile } from "../../src/proof/check-proof";
import {
  LeafForm,
  saltOf,
  type EntryValue,
  type ErasedColumns,
  type HiddenColumns,
} from "../../src/proof/tree/leaf";
import { signCheckpoint } from "../../src/proof/notes/signer";
import { newSigner } from "./signers";

const KEY = Buffer.alloc(32, 7);
const VALUES = {
  table: "course_entitlement_support_detail",
  at: "2026-11-25T14:14:00.059Z",
  comments: 'Löschen: "ü" \u2028 \u0001 \\ 😀',
  action: "REISSUE",
  unenrolled_run: null,
  codes: ["b", "a"],
  Z: "upper case comes first",
};

const leafText = (values: Record<string, EntryValue>, hidden: HiddenColumns, erased?: ErasedColumns) =>
  new LeafForm(Object.keys(values)).textOf(Object.values(values), hidden, erased);

test("the text of an entry is canonical JSON, whatever the order of its columns", () => {
  const text = leafText(VALUES, {});
  expect(text).toBe(canonicalize(JSON.parse(text)));
  expect(text).not.toContain("unenrolled_run");
  expect(leafText(Object.fromEntries(Object.entries(VALUES).toReversed()), {})).toBe(text);
});

test("a personal value is sealed as a hash with a salt of this entry and account alone", () => {
  const text = leafText(VALUES, { comments: saltOf(KEY, "93") });
  expect(text).not.toContain("Löschen");
  const { comments } = JSON.parse(text) as { comments: { hidden: string } };
  const id = Buffer.from("000000000000005d", "hex");
  const salt = createHash("sha256").update(KEY).update(id).digest();
  const hidden = createHash("sha256").update(salt).update(`comments:${VALUES.comments}`).digest("hex");
  expect(comments).toEqual({ hidden });
  expect(leafText(VALUES, { comments: saltOf(KEY, "94") })).not.toBe(text);
  expect(leafText(VALUES, { comments: saltOf(Buffer.alloc(32, 8), "93") })).not.toBe(text);
});

test("what stands for an erased value is sealed, whatever its entry has in that column", () => {
  const { comments: _, ...others } = VALUES;
  const text = leafText(VALUES, { comments: saltOf(KEY, "93") });
  const { comments } = JSON.parse(text) as { comments: { hidden: string } };
  for (const left of [VALUES, { ...VALUES, comments: null }, others])
    expect(leafText(left, {}, { comments: [comments.hidden, "an erasure"] })).toBe(text);
});

describe("a proof file", () => {
  const signer = newSigner("history.example");
  const leaf = leafText(VALUES, { comments: saltOf(KEY, "93") });
  const sibling = leafHash("another entry");
  const root = nodeHash(sibling, leafHash(leaf));
  const checkpoint = signCheckpoint(signer, { size: 2, root });
  const opening = { field: "comments", salt: saltOf(KEY, "93").toString("hex"), value: VALUES.comments };
  const proof: ProofFile = {
    leaf,
    position: 1,
    hashes: [sibling.toString("base64")],
    checkpoint,
    openings: [opening],
  };
  const check = (changed: Partial<ProofFile> = {}, own?: string) =>
    checkProof(JSON.stringify({ ...proof, ...changed }), signer.vkey, own);

  test("proves the fields of its entry, and shows what it opens", () => {
    const { unenrolled_run: _, ...told } = VALUES;
    expect(check()).toEqual(told);
    expect(check({ openings: [] })).toEqual({ ...told, comments: null });
    expect(check({}, checkpoint)).toEqual(told);
  });

  test.each<[string, Partial<ProofFile>, string]>([
    ["an altered text", { leaf: leaf.replace("REISSUE", "EXPIRE") }, "not in the history"],
    ["another position", { position: 0 }, "not in the history"],
    ["a position outside", { position: 2 }, "not in the history"],
    ["an altered path", { hashes: [root.toString("base64")] }, "not in the history"],
    ["no path", { hashes: [] }, "not in the history"],
    ["another value", { openings: [{ ...opening, value: "something else" }] }, "value of comments"],
    ["another salt", { openings: [{ ...opening, salt: "00" }] }, "value of comments"],
    [
      "a checkpoint of another key",
      { checkpoint: signCheckpoint(newSigner("history.example"), { size: 2, root }) },
      "not signed",
    ],
  ])("is refused with %s", (_, changed, fault) => {
    expect(() => check(changed)).toThrow(fault);
  });

  test("is refused beside a kept checkpoint that it does not stand under", () => {
    expect(() => check({}, signCheckpoint(signer, { size: 2, root: sibling }))).toThrow("not in the history");
    expect(() => check({}, signCheckpoint(signer, { size: 3, root }))).toThrow("for 2 entries");
  });
});

import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSource } from "typeorm";
import { composeSealer, sealingGap } from "../../src/compose/sealer";
import { loadConfig } from "../../src/config";
import { ALGORITHMS } from "../../src/proof/notes/signer";
import { newSigner } from "./signers";
import { JWT_JWK_SET, PRODUCTION } from "../support/http";

const dir = mkdtempSync(join(tmpdir(), "sealing-"));
afterAll(() => rmSync(dir, { recursive: true }));
const file = (name: string, content: string) => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};
const pem = (kind: "ed25519" | "x25519") =>
  generateKeyPairSync(kind as "ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string;

const witness = newSigner("w.example", ALGORITHMS.cosignature).vkey;
const HISTORY_ORIGIN = "entitlements.example.org/history";
const none = {} as DataSource;
const production = (settings: Record<string, string>) =>
  loadConfig({ ...PRODUCTION, JWT_JWK_SET, ...settings });
const key = () => file("key.pem", pem("ed25519"));

test("production seals the history only with a key, and says what is missing", () => {
  const without = production({});
  expect(composeSealer(without, none)).toBeNull();
  expect(sealingGap(without)).toContain("HISTORY_SIGNING_KEY_FILE");
  const sealed = production({ HISTORY_ORIGIN, HISTORY_SIGNING_KEY_FILE: key() });
  expect(composeSealer(sealed, none)!.signer.vkey).toMatch(
    /^entitlements\.example\.org\/history\+[0-9a-f]{8}\+/,
  );
  expect(sealingGap(sealed)).toContain("HISTORY_WITNESSES");
  const kept = { HISTORY_ORIGIN, HISTORY_SIGNING_KEY_FILE: key(), HISTORY_WITNESSES: `file:${dir}/kept` };
  expect(sealingGap(production(kept))).toBeNull();
});

test("a witness is named by an address and the key with which it cosigns", () => {
  const HISTORY_WITNESSES = `https://w.example/#${witness}, file:/kept.txt, file:///kept.txt`;
  expect(production({ HISTORY_WITNESSES }).history.witnesses).toHaveLength(3);
});

test("development makes a key of its own, which has another name than any of production", () => {
  const config = loadConfig({ DATA_DIR: join(dir, "data") });
  const first = composeSealer(config, none)!.signer.vkey;
  expect(first).toMatch(/^development\+/);
  expect(composeSealer(config, none)!.signer.vkey).toBe(first);
  expect(sealingGap(config)).toBeNull();
});

test.each([
  ["a missing file", () => join(dir, "missing"), "HISTORY_SIGNING_KEY_FILE: cannot be read (ENOENT)"],
  ["what is no key", () => file("none.pem", "x"), "HISTORY_SIGNING_KEY_FILE: cannot be used"],
  ["a key of another kind", () => file("x.pem", pem("x25519")), "the key is not one of Ed25519"],
])("the server does not start with %s", (_, path, fault) => {
  const settings = { HISTORY_ORIGIN, HISTORY_SIGNING_KEY_FILE: path() };
  expect(() => composeSealer(production(settings), none)).toThrow(fault);
});

test.each<[settings: Record<string, string>, fault: string]>([
  [{ HISTORY_ORIGIN }, "HISTORY_ORIGIN: goes together with HISTORY_SIGNING_KEY_FILE"],
  [
    { HISTORY_ORIGIN: "a b", HISTORY_SIGNING_KEY_FILE: "package.json" },
    "HISTORY_ORIGIN: must be a name without blanks",
  ],
  ...[
    "https://witness.example",
    "https://w.example/#w.example+00000000+AAAA",
    "https://w.example/#w.example+deadbeef+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    `https://w.example/#${newSigner("a.history").vkey}`,
    `https://:x/#${witness}`,
    `https://w.example/#${witness}#`,
    `https://us:secret@w.example/#${witness}`,
    `https://w.example:6000/#${witness}`,
    `https://w.example/?a=b#${witness}`,
    "file://host/kept.txt",
    "file:/a%2Fb",
    "file:kept.txt",
  ].map((HISTORY_WITNESSES): [Record<string, string>, string] => [
    { HISTORY_WITNESSES },
    "HISTORY_WITNESSES: must be addresses like",
  ]),
])("%j is refused", (settings, fault) => {
  expect(() => production(settings)).toThrow(fault);
});

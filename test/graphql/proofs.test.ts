import { createPublicKey } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyCheckpoint } from "@sigstore/verify/dist/tlog/checkpoint";
import { verifyMerkleInclusion } from "@sigstore/verify/dist/tlog/merkle";
import { checkProof, openCheckpoint, readKey } from "../../src/proof/check-proof";
import { Sealer } from "../../src/proof/sealed/sealer";
import { isConsistent } from "../../src/proof/tree/consistency";
import { setRefundLock } from "../../src/use-cases/entitlements/set-refund-lock";
import { newSigner } from "../proof/signers";
import { actor, ada, ask, auditor, grace, useDemoApp } from "../support/demo-app";
import { requestOf } from "../support/refunds";
import { statementsOf } from "../support/statements";

const signer = newSigner("history.example");
const app = useDemoApp();
const hopper = actor("hopper", { isStaff: true });
const ID = "e0000000-0000-4000-8000-000000000001";
const FIELDS = "leaf position hashes checkpoint { size settledAt note } openings { field salt value }";

interface Proof {
  leaf: string;
  position: number;
  hashes: string[];
  checkpoint: { size: number; settledAt: string; note: string };
  openings: { field: string; salt: string; value: string }[];
}
interface Node {
  id: string;
  entityType: string;
  proof: Proof | null;
}
interface History {
  entitlement: { history: { edges: { node: Node }[] } };
}

let locked = false;
async function change(): Promise<void> {
  locked = !locked;
  await setRefundLock(requestOf(app, grace), {
    entitlementId: ID,
    isLocked: locked,
    comments: "She has paid.",
  });
  await app.committer.settle(true);
}
const seal = () => app.sealer!.seal();
beforeAll(async () => {
  app.sealer = new Sealer(app.db, () => signer);
  await change();
  await seal();
});

async function proofsFor(asking: typeof ada, first = 5, id = ID): Promise<Node[]> {
  const { data, errors } = await ask<History>(
    app,
    asking,
    `{ entitlement(id: "${id}") { history(first: ${first}) { edges { node { id entityType proof { ${FIELDS} } } } } } }`,
  );
  expect(errors).toBeUndefined();
  return data!.entitlement.history.edges.map(({ node }) => node);
}

test("a proof that was asked for is accepted by history:check-proof as a file, and by an independent verifier", async () => {
  const nodes = await proofsFor(grace);
  const dir = mkdtempSync(join(tmpdir(), "proofs-"));
  const { key, id } = readKey(signer.vkey);
  const jwk = { kty: "OKP", crv: "Ed25519", x: key.toString("base64url") };
  const publicKey = createPublicKey({ format: "jwk", key: jwk });
  try {
    for (const { id: historyId, proof } of nodes) {
      const { leaf, position, hashes, checkpoint } = proof!;
      expect(checkProof(JSON.stringify(proof), signer.vkey)).toMatchObject({ history_id: historyId });
      const inclusionProof = {
        logIndex: String(position),
        hashes: hashes.map((hash) => Buffer.from(hash, "base64")),
        checkpoint: { envelope: checkpoint.note },
      };
      const entry = { canonicalizedBody: Buffer.from(leaf), inclusionProof } as never;
      const log = { logID: Buffer.from(id, "hex"), publicKey, baseURL: signer.name } as never;
      verifyMerkleInclusion(entry, verifyCheckpoint(entry, [log]));
    }
    const file = join(dir, "proof.json");
    writeFileSync(file, JSON.stringify(nodes[0]!.proof));
    const { status, stdout } = spawnSync(
      process.execPath,
      ["dist/src/cli/history/check-proof.js", file, "--key", signer.vkey],
      { encoding: "utf8" },
    );
    expect([status, stdout]).toEqual([
      0,
      expect.stringContaining(`Proven: entry ${nodes[0]!.proof!.position} of the`),
    ]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("a proof opens the names and words for those who may read them", async () => {
  const node = (await proofsFor(auditor)).find(({ entityType }) => entityType === "SUPPORT_DETAIL")!;
  expect(node.proof!.leaf).not.toMatch(/paid|grace/);
  expect(node.proof!.openings.map(({ field, value }) => [field, value])).toEqual([
    ["history_user_label", "grace"],
    ["comments", "She has paid."],
  ]);
});

test("learners have proofs of what the system or they have done, and of nothing that tells who else has", async () => {
  const [newest] = await proofsFor(ada);
  expect(newest!.proof).toBeNull(); // grace's
  const [{ id }] = await app.db.query<[{ id: string }]>(
    "select id from historical_course_entitlement where user_id = 1 and history_user_label = 'ada' order by history_id limit 1",
  );
  const nodes = await proofsFor(ada, 50, id);
  const proven = nodes.filter(({ proof }) => proof !== null);
  expect(proven.length).toBeGreaterThan(0);
  for (const { entityType, proof } of proven) {
    expect(entityType).toBe("COURSE_ENTITLEMENT");
    expect(["system", "ada"]).toContain(checkProof(JSON.stringify(proof), signer.vkey)["history_user_label"]);
  }
});

test("a change that is not sealed yet has no proof, and the error says until when changes are sealed", async () => {
  await change();
  const question = `{ history(first: 1) { edges { node { id proof { leaf } } } } }`;
  const { data, errors } = await ask<{ history: { edges: { node: Node }[] } }>(app, hopper, question);
  expect(data!.history.edges[0]!.node.proof).toBeNull();
  const { historyLog } = (
    await ask<{ historyLog: { checkpoint: { settledAt: string } } }>(
      app,
      hopper,
      "{ historyLog { checkpoint { settledAt } } }",
    )
  ).data!;
  expect(errors).toHaveLength(1);
  expect(errors![0]!.message).toContain(historyLog.checkpoint.settledAt);
  expect(errors![0]!.extensions).toEqual({
    code: "NOT_SEALED",
    sealedUntil: new Date(historyLog.checkpoint.settledAt),
  });
  await seal();
  expect((await ask<{ history: { edges: { node: Node }[] } }>(app, hopper, question)).errors).toBeUndefined();
});

test("a page of 50 proofs needs as many statements as one proof", async () => {
  const [one, many] = [
    await statementsOf(() => proofsFor(grace, 1)),
    await statementsOf(() => proofsFor(grace, 50)),
  ];
  expect(many.length).toBe(one.length);
});

interface Seals {
  historyLog: {
    publicKey: string;
    checkpoint: { size: number; note: string } | null;
    consistency: string[];
  };
}
const SEALS = `query ($size: Int64, $from: Int64! = 0, $to: Int64) {
  historyLog { publicKey checkpoint(size: $size) { size note } consistency(from: $from, to: $to) } }`;

test("the checkpoint of a size is the beginning of the newest one, as the proof of consistency shows", async () => {
  const older = (await ask<Seals>(app, auditor, SEALS)).data!.historyLog;
  expect(older).toMatchObject({ publicKey: signer.vkey, consistency: [] });
  await change();
  await seal();
  const { size } = older.checkpoint!;
  const newer = (await ask<Seals>(app, auditor, SEALS, { from: size })).data!.historyLog;
  const [first, second] = [older, newer].map(({ checkpoint }) =>
    openCheckpoint(checkpoint!.note, signer.vkey),
  );
  expect(second!.size).toBeGreaterThan(size);
  const path = newer.consistency.map((hash) => Buffer.from(hash, "base64"));
  expect(isConsistent(first!, second!, path)).toBe(true);
  const again = (await ask<Seals>(app, auditor, SEALS, { size, from: size, to: size })).data!.historyLog;
  expect(again.checkpoint).toEqual(older.checkpoint);
  expect((await ask<Seals>(app, auditor, SEALS, { size: 1_000_000 })).data!.historyLog.checkpoint).toBeNull();
});

test.each([
  [{ from: 5, to: 4 }, "from"],
  [{ from: 0, to: 1_000_000 }, "to"],
])("consistency between sizes that are none is refused: %o", async (sizes, argument) => {
  const { errors } = await ask<Seals>(app, hopper, SEALS, sizes);
  expect(errors![0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT", argument } });
});

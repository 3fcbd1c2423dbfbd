import { Sealer } from "../../src/proof/sealed/sealer";
import { HandOut, type Keeper } from "../../src/proof/witness/hand-out";
import { ALGORITHMS } from "../../src/proof/notes/signer";
import { witness } from "../../src/proof/witness/witness";
import { newSigner } from "../proof/signers";
import { useDemoApp } from "../support/demo-app";
import { send, serve, type TestServer } from "../support/http";

const app = useDemoApp();
const signer = newSigner("history.example");
const its = newSigner("witness.example", ALGORITHMS.cosignature);
let seen: string | undefined;
const answer = witness(its, [signer.vkey], { read: () => seen, write: (_, note) => void (seen = note) });
const keeper: Keeper = {
  name: "http://witness",
  vkey: its.vkey,
  ask: (body) => {
    const { status, body: text } = answer(body, new Date());
    return Promise.resolve({ status, text });
  },
};
let isKeyLost = false;
let server: TestServer;
let sealer: Sealer;
let handOut: HandOut;
beforeAll(async () => {
  handOut = new HandOut(app.db, [keeper]);
  sealer = new Sealer(app.db, () => {
    if (isKeyLost) throw new Error("the key is lost");
    return signer;
  });
  server = await serve({ ...app, sealer, handOut });
});
afterAll(() => server.stop());

const change = () =>
  app.db.query(
    `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
     values (1, gen_random_uuid(), 'verified', now(), now())`,
  );

async function valueOf(sample: string): Promise<number | undefined> {
  const { text } = await send(`${server.url}/metrics`);
  const line = text.split("\n").find((each) => each.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
}

test("metrics tell how far the history is sealed and cosigned, and what has failed", async () => {
  await app.committer.settle(true);
  const [{ settled }] = await app.db.query<[{ settled: number }]>(
    "select sum(entries)::float8 as settled from history_transaction",
  );
  isKeyLost = true;
  await expect(sealer.seal()).rejects.toThrow("lost");
  expect(await valueOf("history_seal_failures_total")).toBe(1);
  expect(await valueOf("history_sealed_entries")).toBe(0);
  expect(await valueOf("history_sealed_lag_seconds")).toBeGreaterThan(0);
  isKeyLost = false;
  await sealer.seal();
  expect(await valueOf("history_sealed_entries")).toBe(settled);
  expect(await valueOf("history_sealed_lag_seconds")).toBe(0);
  await handOut.run(() => undefined);
  expect(await valueOf('history_cosigned_entries{witness="witness.example"}')).toBe(settled);
  expect(await valueOf('history_witness_lag_entries{keeper="http://witness"}')).toBe(0);
  expect(await valueOf('history_contradicted{keeper="http://witness"}')).toBe(0);
});

test("a witness that has seen another history is told by a metric, and the server stays ready", async () => {
  await change();
  await app.committer.settle(true);
  await new Sealer(app.db, () => signer).seal();
  const kept = seen!;
  const [text] = kept.split("\n\n");
  const [origin, size] = text!.split("\n");
  const forked = `${origin}\n${Number(size) + 1}\n${Buffer.alloc(32).toString("base64")}\n`;
  seen = `${forked}\n${signer.line(forked)}`; // as another copy of the database would have shown it
  await handOut.run(() => undefined);
  expect(await valueOf('history_contradicted{keeper="http://witness"}')).toBe(1);
  expect((await send(`${server.url}/readyz`)).status).toBe(200);
  seen = kept;
  await handOut.run(() => undefined);
  expect(await valueOf('history_contradicted{keeper="http://witness"}')).toBe(0);
});

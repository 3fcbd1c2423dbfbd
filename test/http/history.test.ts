import { createHash } from "node:crypto";
import { leafHash, openCheckpoint } from "../../src/proof/check-proof";
import { ALGORITHMS } from "../../src/proof/notes/signer";
import { cosignedAt } from "../../src/proof/notes/cosignature";
import { proveEntry } from "../../src/proof/sealed/prove-entry";
import { Sealer } from "../../src/proof/sealed/sealer";
import { HandOut } from "../../src/proof/witness/hand-out";
import { witness } from "../../src/proof/witness/witness";
import { newSigner } from "../proof/signers";
import { ada, actor, auditor, grace, useDemoApp } from "../support/demo-app";
import { authorization, send, serve, type TestServer } from "../support/http";
import { statementsOf } from "../support/statements";

const signer = newSigner("history.example");
const its = newSigner("witness.example", ALGORITHMS.cosignature);
const app = useDemoApp();
const hopper = actor("hopper", { isStaff: true });
let server: TestServer;
let open: TestServer;
beforeAll(async () => {
  server = await serve(app);
  open = await serve(app, { HISTORY_PUBLIC: "on" });
  await app.db.query(
    `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
     select 1, gen_random_uuid(), 'verified', now(), now() from generate_series(1, 300)`,
  );
  await app.committer.settle(true);
  await new Sealer(app.db, () => signer).seal();
  const answer = witness(its, [signer.vkey], { read: () => undefined, write: () => undefined });
  const ask = (body: string) => {
    const { status, body: text } = answer(body, new Date());
    return Promise.resolve({ status, text });
  };
  await new HandOut(app.db, [{ name: "witness", vkey: its.vkey, ask }]).run(({ reason }) => {
    throw new Error(reason);
  });
});
afterAll(() => Promise.all([server.stop(), open.stop()]));

const tile = async (path: string): Promise<Buffer | null> => {
  const answer = await fetch(`${open.url}/history/tile/${path}`);
  return answer.status === 200 ? Buffer.from(await answer.arrayBuffer()) : null;
};

/** The root of the tree as RFC 9162 defines it, without anything of ours. */
function mirroredRoot(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 1) return hashes[0]!;
  const left = 2 ** Math.floor(Math.log2(hashes.length - 1));
  const parts = [mirroredRoot(hashes.slice(0, left)), mirroredRoot(hashes.slice(left))];
  return createHash("sha256")
    .update(Buffer.concat([Buffer.from([1]), ...parts]))
    .digest();
}

test("whoever has the key alone mirrors the whole tree from the checkpoint and the tiles", async () => {
  const { text, headers } = await send(`${open.url}/history/checkpoint`);
  expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
  const { size, root, origin } = openCheckpoint(text, signer.vkey);
  expect(origin).toBe("history.example");
  expect(cosignedAt(text, its.vkey)).not.toBeNull();
  const leaves: Buffer[] = [];
  for (let index = 0; index * 256 < size; index++) {
    const width = Math.min(256, size - index * 256);
    const name = `0/${String(index).padStart(3, "0")}`;
    const hashes = (await tile(width === 256 ? name : `${name}.p/${width}`))!;
    expect(hashes).toHaveLength(width * 32);
    for (let at = 0; at < width; at++) leaves.push(hashes.subarray(at * 32, at * 32 + 32));
  }
  expect(leaves).toHaveLength(size);
  expect(size).toBeGreaterThan(512);
  expect(mirroredRoot(leaves)).toEqual(root);
  const above = (await tile(`1/000.p/${Math.floor(size / 256)}`))!;
  expect(above.subarray(0, 32)).toEqual(mirroredRoot(leaves.slice(0, 256)));
  const { leaf, position } = (await proveEntry(app.db, "7"))!;
  expect(leaves[position]).toEqual(leafHash(leaf));
});

test("a tile may be kept for ever, and the checkpoint not at all", async () => {
  const full = await fetch(`${open.url}/history/tile/0/000`);
  expect(full.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(full.headers.get("content-type")).toBe("application/octet-stream");
  expect((await fetch(`${open.url}/history/checkpoint`)).headers.get("cache-control")).toBe("no-store");
});

test.each([
  "tile/0/999",
  "tile/0/000.p/256",
  "tile/0/000.p/0",
  "tile/0/002.p/255",
  "tile/0/0",
  "tile/0/x000/000",
  "tile/0/x001/000",
  "tile/00/000",
  "tile/99/000",
  "tile/0/x999/x999/x999/x999/999",
  "tile/entries/000",
  "tile/0/..%2f000",
  "checkpoint/",
  "",
])("there is nothing at %j", async (path) => {
  expect((await fetch(`${open.url}/history/${path}`)).status).toBe(404);
});

test("staff and auditors read the history's hashes, and everybody only where the installation says so", async () => {
  const statusFor = async (asking: typeof ada | null, at = server) => {
    const answer = await send(`${at.url}/history/checkpoint`, {
      headers: asking ? { authorization: await authorization(asking) } : {},
    });
    return answer.status;
  };
  expect(await Promise.all([hopper, auditor, grace, ada, null].map((who) => statusFor(who)))).toEqual([
    200, 200, 403, 403, 401,
  ]);
  expect(await statusFor(null, open)).toBe(200);
});

test("the addresses are only read, with one statement each", async () => {
  const { status, headers } = await send(`${open.url}/history/checkpoint`, { method: "POST" });
  expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  for (const path of ["checkpoint", "tile/0/000"])
    expect(await statementsOf(() => fetch(`${open.url}/history/${path}`))).toHaveLength(1);
});

test("frontends of other hosts may read them where the installation allows that", async () => {
  const allowing = await serve(app, { HISTORY_PUBLIC: "on", CORS_ORIGINS: "https://apps.example.org" });
  try {
    const allowedFor = async (origin: string) =>
      (await fetch(`${allowing.url}/history/tile/0/000`, { headers: { origin } })).headers.get(
        "access-control-allow-origin",
      );
    expect(await allowedFor("https://apps.example.org")).toBe("https://apps.example.org");
    expect(await allowedFor("https://elsewhere.example.org")).toBeNull();
  } finally {
    await allowing.stop();
  }
});

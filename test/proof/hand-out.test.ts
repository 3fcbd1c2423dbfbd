import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepersOf } from "../../src/compose/keepers";
import { openCheckpoint } from "../../src/proof/check-proof";
import { ALGORITHMS } from "../../src/proof/notes/signer";
import { Sealer } from "../../src/proof/sealed/sealer";
import { HandOut, type HandOutFailure } from "../../src/proof/witness/hand-out";
import { serveWitness } from "../../src/proof/witness/serve";
import { witness } from "../../src/proof/witness/witness";
import { freePort } from "../support/ports";
import { aCourse, anEntitlement, useApp } from "../support/world";
import { newSigner } from "./signers";

const app = useApp();
const history = newSigner("history.example");
const its = newSigner("witness.example", ALGORITHMS.cosignature);
const seen = new Map<string, string>();
const server = serveWitness(
  witness(its, [history.vkey], {
    read: (origin) => seen.get(origin),
    write: (origin, note) => void seen.set(origin, note),
  }),
);
const dir = mkdtempSync(join(tmpdir(), "hand-out-"));
let address: string;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/#${its.vkey}`;
});
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true });
});

const sealer = () => new Sealer(app.db, () => history);
async function sealOneMore(): Promise<void> {
  await anEntitlement(app, { courseUuid: aCourse() });
  await app.committer.settle(true);
  await sealer().seal();
}
async function failuresOf(handOut: HandOut): Promise<HandOutFailure[]> {
  const failures: HandOutFailure[] = [];
  await handOut.run((failure) => failures.push(failure));
  return failures;
}

test("each checkpoint is appended to the file and cosigned by the witness, also after a restart", async () => {
  const file = join(dir, "kept");
  for (let restart = 0; restart < 2; restart++) {
    const handOut = new HandOut(app.db, keepersOf([`file:${file}`, address]));
    for (let more = 0; more < 2; more++) {
      await sealOneMore();
      expect(await failuresOf(handOut)).toEqual([]);
      expect([...handOut.lags.values()]).toEqual([0, 0]);
      expect(await failuresOf(handOut)).toEqual([]);
    }
  }
  const rows = await app.db.query<{ note: string; line: string }[]>(
    "select note, line from history_checkpoint join history_cosignature using (size) order by size",
  );
  expect(rows).toHaveLength(4);
  expect(readFileSync(file, "utf8")).toBe(rows.map(({ note }) => note).join(""));
  expect(openCheckpoint(seen.get("history.example")!, history.vkey).size).toBeGreaterThanOrEqual(4);
});

test("a keeper that does not answer lags behind, and keeps no other from its checkpoint", async () => {
  const file = join(dir, "other");
  const closed = `http://127.0.0.1:${await freePort()}/`;
  const handOut = new HandOut(app.db, keepersOf([`${closed}#${its.vkey}`, `file:${file}`]));
  await sealOneMore();
  const [failure] = await failuresOf(handOut);
  expect(failure).toMatchObject({ keeper: closed, reason: "ECONNREFUSED", isContradiction: false });
  expect([...handOut.lags.values()]).toEqual([expect.any(Number), 0]);
  expect(handOut.lags.get(closed)).toBeGreaterThan(0);
  expect(readFileSync(file, "utf8")).toContain("history.example\n");
});

test("a history that was sealed again contradicts what the witness has seen", async () => {
  await sealOneMore();
  const handOut = new HandOut(app.db, keepersOf([address]));
  expect(await failuresOf(handOut)).toEqual([]);
  await app.db.transaction(async (tx) => {
    for (const table of ["history_cosignature", "history_checkpoint", "historical_course_entitlement"])
      await tx.query(`alter table ${table} disable trigger append_only, disable trigger append_only_rows`);
    await tx.query("update historical_course_entitlement set mode = 'audit'");
    await tx.query(
      "delete from history_cosignature; delete from history_checkpoint; delete from history_tile",
    );
    for (const table of ["history_cosignature", "history_checkpoint", "historical_course_entitlement"])
      await tx.query(
        `alter table ${table} enable always trigger append_only, enable always trigger append_only_rows`,
      );
  });
  await sealer().seal();
  const again = new HandOut(app.db, keepersOf([address]));
  expect(await failuresOf(again)).toEqual([expect.objectContaining({ isContradiction: true })]);
  await sealOneMore();
  expect(await failuresOf(again)).toEqual([expect.objectContaining({ isContradiction: true })]);
});

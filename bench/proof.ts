import { generateKeyPairSync } from "node:crypto";
import { DataSource } from "typeorm";
import { migrationOptions } from "../ormconfig";
import { Committer } from "../src/history/committer";
import { startProgress } from "../src/cli/progress";
import { checkProof } from "../src/proof/check-proof";
import { signerOf } from "../src/proof/notes/signer";
import { proveEntry } from "../src/proof/sealed/prove-entry";
import { prove } from "../src/proof/sealed/prove";
import { Sealer } from "../src/proof/sealed/sealer";
import { inSnapshot } from "../src/store/snapshot";
import { cpuTimes, type CpuTimes } from "./cpu";
import { median } from "./report";
import { at, onServer, postmasterPid, recreateMigrated } from "./scratch";

const NAME = "bench_proof";
/** Rounds of so many entries are measured; beyond that, the whole backlog. */
const ROUNDS = [10, 100, 1_000];
/** How many of each size; the first one warms up. */
const ROUNDS_EACH = 20;
const PROOFS = 200;
const CPU_AT_MOST_US = 60;

/** Measures settling, sealing and proving of so many entries, two of them a transaction. */
export async function measureProof(url: string, entries: number): Promise<void> {
  process.stdout.write(`\nproof: ${entries} entries, two a transaction\n`);
  await recreateMigrated(url, NAME);
  const db = await new DataSource(migrationOptions(at(url, NAME))).initialize();
  try {
    await new Measured(db, await postmasterPid(url)).run(entries);
  } finally {
    await db.destroy();
    await onServer(url, [`drop database ${NAME} with (force)`]);
  }
}

class Measured {
  private readonly signer = signerOf(
    "bench",
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  );
  private readonly committer: Committer;
  private readonly sealer: Sealer;
  private made = 0;

  constructor(
    private readonly db: DataSource,
    private readonly postmaster: number,
  ) {
    this.committer = new Committer(db);
    this.sealer = new Sealer(db, () => this.signer);
  }

  async run(entries: number): Promise<void> {
    for (const count of ROUNDS) {
      const rounds: number[][] = [];
      for (let round = 0; round < ROUNDS_EACH; round++) {
        await this.make(count);
        rounds.push(await this.settleAndSeal(count));
      }
      this.tell(`${count} entries a round`, rounds.slice(1));
    }
    await this.make(entries - this.made);
    await this.db.query("vacuum analyze");
    this.tell("the whole backlog", [await this.settleAndSeal(entries)]);
    await this.proveAll(entries);
    await this.proveSome();
  }

  private async make(count: number): Promise<void> {
    await this.db.query(
      `insert into historical_course_entitlement (id, user_id, course_uuid, mode, order_number, refund_locked, created_at,
         modified_at, history_date, history_type, history_change_reason, history_user_id, history_user_label, history_source,
         history_request_id, history_txid)
       select md5('e' || n / 5)::uuid, n % 1000, md5('c' || n % 2000)::uuid, 'verified', 'EDX-' || n, false, now(), now(),
         history_now(), '~', 'setRefundLock', n % 1000, 'learner' || n % 1000, 'API', substr(md5(n::text), 1, 16), 1000000000 + n / 2
       from generate_series($1::int, $2::int) n`,
      [this.made, this.made + count - 1],
    );
    this.made += count;
  }

  /** The processor time of this process and of PostgreSQL for each entry, in microseconds, and the seconds that it took. */
  private async settleAndSeal(count: number): Promise<number[]> {
    const start = performance.now();
    const settled = await this.used(() => this.committer.settle(true));
    const sealed = await this.used(() => this.sealer.seal());
    const seconds = (performance.now() - start) / 1000;
    return [
      (settled.server + settled.postgres) / count,
      sealed.server / count,
      sealed.postgres / count,
      seconds,
    ];
  }

  /** The processor time that work takes here, and in PostgreSQL, in microseconds. Looking at the latter takes some itself. */
  private async used(work: () => Promise<unknown>): Promise<CpuTimes> {
    const postgres = () => cpuTimes(process.pid, this.postmaster).postgres;
    const before = postgres();
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    return { server: user + system, postgres: postgres() - before };
  }

  private tell(what: string, rounds: number[][]): void {
    const mean = (place: number) => rounds.reduce((sum, round) => sum + round[place]!, 0) / rounds.length;
    const [settled, here, there] = [mean(0), mean(1), mean(2)];
    process.stdout.write(
      `${what}: settled for ${settled.toFixed(0)} µs of CPU an entry, sealed for ${(here + there).toFixed(0)} ` +
        `(${here.toFixed(0)} in the server, ${there.toFixed(0)} in PostgreSQL; target: ${CPU_AT_MOST_US} for both), in ${mean(3).toFixed(2)} s\n`,
    );
  }

  private async proveAll(entries: number): Promise<void> {
    const start = performance.now();
    const progress = startProgress(entries, "entries hashed");
    let most = 0;
    const trusted = { vkey: this.signer.vkey, outside: [], witnesses: [] };
    const { server, postgres } = await this.used(async () => {
      const { faults } = await inSnapshot(this.db, (tx) =>
        prove(tx, trusted, (done) => {
          progress(done);
          most = Math.max(most, process.memoryUsage().rss);
        }),
      );
      if (faults.length > 0) throw new Error(faults[0]);
    });
    process.stdout.write(
      `all proven in ${((performance.now() - start) / 1000).toFixed(1)} s (target for a million: 60 s), with ` +
        `${(server / 1e6).toFixed(1)} s of CPU here and ${(postgres / 1e6).toFixed(1)} in PostgreSQL, and ` +
        `${(most / 1e6).toFixed(0)} MB of memory at most\n`,
    );
  }

  private async proveSome(): Promise<void> {
    const rows = await this.db.query<{ id: string }[]>(
      "select history_id::text as id from historical_course_entitlement where history_id % $1::int = 7 limit $2",
      [Math.floor(this.made / PROOFS), PROOFS],
    );
    const [made, checked, hashes, bytes]: number[][] = [[], [], [], []];
    for (const { id } of rows) {
      const start = performance.now();
      const proof = await proveEntry(this.db, id);
      made!.push(performance.now() - start);
      const file = JSON.stringify({ ...proof, checkpoint: proof!.checkpoint.note });
      const second = performance.now();
      checkProof(file, this.signer.vkey);
      checked!.push(performance.now() - second);
      hashes!.push(32 * proof!.hashes.length);
      bytes!.push(file.length);
    }
    process.stdout.write(
      `a proof: ${Math.max(...hashes!)} bytes of hashes at most (target for a million: 640), ${median(bytes!)} in all; ` +
        `made in ${median(made!).toFixed(1)} ms (target: 5), checked in ${median(checked!).toFixed(2)} ms (target: 1)\n`,
    );
  }
}

import { Client } from "pg";
import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../../../ormconfig";
import type { App } from "../../../src/app";
import { fillDemoWorld } from "../../../src/demo/world";
import { ALGORITHMS, signCheckpoint, type Signer } from "../../../src/proof/notes/signer";
import { postureFaults } from "../../../src/proof/posture";
import { prove } from "../../../src/proof/sealed/prove";
import { Sealer } from "../../../src/proof/sealed/sealer";
import { settledFaults } from "../../../src/proof/settled";
import { HandOut, type Keeper } from "../../../src/proof/witness/hand-out";
import { witness } from "../../../src/proof/witness/witness";
import { migrateUp } from "../../../src/store/schema/migrate";
import { inSnapshot } from "../../../src/store/snapshot";
import { grantEntitlement } from "../../../src/use-cases/entitlements/grant-entitlement";
import { setRefundLock } from "../../../src/use-cases/entitlements/set-refund-lock";
import { newSigner } from "../../proof/signers";
import { appOn } from "../../support/app";
import { grace } from "../../support/demo-app";
import { requestOf } from "../../support/refunds";
import { broken } from "../world";

/** An entitlement of the demo world with many changes. */
export const ENTITLEMENT = "e0000000-0000-4000-8000-000000000001";
/** Another one, which is changed after an attack. */
export const OTHER = "e0000000-0000-4000-8000-000000000002";
const COURSE = "c0000000-0000-4000-8000-000000000001";

/** A PostgreSQL with databases to attack. */
export class Stage {
  /** Signs the checkpoints; who attacks with the stolen key has it too. */
  readonly signer: Signer = newSigner("history.example");
  /** Cosigns the checkpoints. */
  readonly witness: Signer = newSigner("witness.example", ALGORITHMS.cosignature);
  /** The checkpoints that others have kept elsewhere. */
  readonly kept: string[] = [];
  private readonly keeper: Keeper;
  private copies = 0;

  /** `url` is that of a superuser, and `name` the beginning of the names of its databases. */
  constructor(
    private readonly url: string,
    private readonly name = "attack",
  ) {
    // What it has seen is forgotten with each copy: the checkpoints that were kept are to tell what was changed.
    const answer = witness(this.witness, [this.signer.vkey], {
      read: () => undefined,
      write: () => undefined,
    });
    this.keeper = {
      name: "witness",
      vkey: this.witness.vkey,
      ask: (body) => {
        const { status, body: text } = answer(body, new Date());
        return Promise.resolve({ status, text });
      },
    };
  }

  /** Makes the databases that are copied: one as it was at the first checkpoint that was kept, and the newest. */
  async prepare(): Promise<void> {
    await this.admin(`create database ${this.name}_newest`);
    await migrateUp(migrationOptions(this.urlOf("newest")));
    await this.on("newest", async ({ db, app }) => {
      await fillDemoWorld(app);
      await honestly(app, ENTITLEMENT);
      await this.seal(app);
      this.kept.push(await newestNote(db));
    });
    await this.admin(`create database ${this.name}_older template ${this.name}_newest`);
    await this.on("newest", async ({ db, app }) => {
      for (let times = 0; times < 2; times++) {
        await honestly(app, ENTITLEMENT);
        await this.seal(app);
      }
      this.kept.push(await newestNote(db));
      await honestly(app, ENTITLEMENT);
      await this.seal(app);
    });
  }

  /** Does something with a copy, which is removed afterwards. */
  async withCopy<T>(of: "newest" | "older", work: (copy: Copy) => Promise<T>): Promise<T> {
    const name = `copy_${++this.copies}`;
    await this.admin(`create database ${this.name}_${name} template ${this.name}_${of}`);
    try {
      return await this.on(name, work);
    } finally {
      await this.admin(`drop database ${this.name}_${name} with (force)`);
    }
  }

  async remove(): Promise<void> {
    for (const name of ["newest", "older"])
      await this.admin(`drop database if exists ${this.name}_${name} with (force)`);
  }

  private async on<T>(name: string, work: (copy: Copy) => Promise<T>): Promise<T> {
    const db = await new DataSource(dataSourceOptions(this.urlOf(name), 4)).initialize();
    try {
      return await work(new Copy(this, db, name, this.urlOf(name)));
    } finally {
      await db.destroy();
    }
  }

  /** Settles and seals all that is committed, as a server that has just been started. */
  async seal({ db, committer }: App): Promise<void> {
    await committer.settle(true);
    await new Sealer(db, () => this.signer).seal();
    await new HandOut(db, [this.keeper]).run(() => undefined);
  }

  private async admin(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  private urlOf(name: string): string {
    const url = new URL(this.url);
    url.pathname = `/${this.name}_${name}`;
    return url.href;
  }
}

/** A database under attack. */
export class Copy {
  readonly app: App;

  constructor(
    readonly stage: Stage,
    readonly db: DataSource,
    readonly name: string,
    readonly url: string,
  ) {
    this.app = appOn(db);
  }

  /** Runs statements as a superuser, in one transaction. */
  async sql(text: string): Promise<void> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      await client.query(`begin; ${text}; commit`);
    } finally {
      await client.end();
    }
  }

  /** The same with all triggers of history off, and on again afterwards: nothing of it is left to be seen. */
  async unguarded(text: string): Promise<void> {
    const rows = await this.db.query<{ trigger: string; on: string }[]>(
      `select quote_ident(tgname) as trigger, tgrelid::regclass::text as on from pg_trigger where tgenabled = 'A'`,
    );
    const each = (how: string) =>
      rows.map(({ trigger, on }) => `alter table ${on} ${how} trigger ${trigger}`).join("; ");
    await this.sql(
      `set local session_replication_role = replica; ${each("disable")}; ${text}; ${each("enable always")}`,
    );
  }

  /** Seals what is settled, with any key. */
  async sealWith(signer: Signer): Promise<void> {
    await new Sealer(this.db, () => signer).seal();
  }

  /** Forgets everything that was sealed, and seals it again. */
  async sealAgain(): Promise<void> {
    await this.unguarded(
      "delete from history_cosignature; delete from history_checkpoint; delete from history_tile",
    );
    await this.stage.seal(this.app);
  }

  /** What goes on after an attack: changes, which are settled and sealed. */
  async goOn(): Promise<void> {
    await honestly(this.app, OTHER);
    await this.stage.seal(this.app);
  }

  /** What `history:prove` tells, with the checkpoints that were kept. */
  async faults(vkey = this.stage.signer.vkey): Promise<string[]> {
    const rows = await broken(this.db);
    const outside = this.stage.kept.map((note) => ({ where: "a file", note }));
    return inSnapshot(this.db, async (tx) => [
      ...rows.map(({ table, id, fault }) => `${table} ${id} ${fault}`),
      ...(await postureFaults(tx)),
      ...(await settledFaults(tx)),
      ...(await prove(tx, { vkey, outside, witnesses: [this.stage.witness.vkey] })).faults,
    ]);
  }

  /** A checkpoint that any key signs in any name. */
  note(signer: Signer, size: number): string {
    return signCheckpoint(signer, { size, root: Buffer.alloc(32) });
  }
}

/** Changes that a server makes, and one by SQL. */
export async function honestly(app: App, entitlementId: string): Promise<void> {
  const request = requestOf(app, grace);
  await grantEntitlement(request, {
    username: "bob",
    courseUuid: COURSE,
    mode: "verified",
    comments: "asked for it",
  });
  for (const isLocked of [true, false])
    await setRefundLock(request, { entitlementId, isLocked, comments: "a word" });
  await app.db.query(`update course_entitlement set refund_locked = true where id = '${entitlementId}'`);
}

async function newestNote(db: DataSource): Promise<string> {
  const [row] = await db.query<[{ note: string }]>(
    "select note from history_checkpoint order by size desc limit 1",
  );
  return row.note;
}

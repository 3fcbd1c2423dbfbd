import { AsyncLocalStorage } from "node:async_hooks";
import { DataSource } from "typeorm";
import { dataSourceOptions } from "../../../ormconfig";
import type { App } from "../../../src/app";
import { appOn } from "../../support/app";
import { patient } from "../../support/database";
import { openCommitProxy, type CommitProxy } from "../commit-proxy";

/** What ends the work of a process that was killed. */
export class Killed extends Error {}

/** What a caller gets whose process has died or stands still. */
export class NoAnswer extends Error {}

/** A process of ours from its start to its death, within this process: when it dies, its work ends at the next point. */
export interface Life {
  server: Server;
  app: App;
  isDead: boolean;
  /** Resolves when it answers no more. */
  silence: Promise<void>;
  /** Lets it answer no more; another one is started. */
  fallSilent(): void;
}

const lives = new AsyncLocalStorage<Life>();

/** The process that the present work belongs to. */
export const currentLife = (): Life | undefined => lives.getStore();

/** A server that is started again when it dies, on a connection to PostgreSQL that can lose a COMMIT. */
export class Server {
  private life!: Life;
  private readonly working = new Set<Promise<unknown>>();

  private constructor(
    readonly name: number,
    readonly wire: CommitProxy,
    private readonly db: DataSource,
    private readonly settings: Record<string, string>,
    private readonly clock: () => Date,
  ) {
    this.start();
  }

  static async open(
    name: number,
    databaseUrl: string,
    settings: Record<string, string>,
    clock: () => Date,
  ): Promise<Server> {
    const wire = await openCommitProxy(databaseUrl);
    const db = await new DataSource(patient(dataSourceOptions(wire.url, 4))).initialize();
    return new Server(name, wire, db, settings, clock);
  }

  /** Starts it again: it remembers nothing. */
  start(): void {
    let end!: () => void;
    const silence = new Promise<void>((resolve) => (end = resolve));
    const life: Life = {
      server: this,
      app: appOn(this.db, this.settings, this.clock),
      isDead: false,
      silence,
      fallSilent: () => {
        end();
        this.start();
      },
    };
    this.life = life;
  }

  /** Does work as this process. Rejects with NoAnswer when the process dies or stands still meanwhile. */
  async run<T>(work: (app: App) => Promise<T>): Promise<T> {
    const { life } = this;
    const done = lives.run(life, () => work(life.app));
    const noted = done.catch(() => undefined).finally(() => this.working.delete(noted));
    this.working.add(noted);
    const none = life.silence.then(() => Promise.reject(new NoAnswer()));
    return Promise.race([done, none]);
  }

  /** Waits until nothing works any more, not even what a dead process has left behind. */
  async rest(): Promise<void> {
    while (this.working.size > 0) await Promise.all(this.working);
  }

  async close(): Promise<void> {
    await this.rest();
    await this.db.destroy();
    await this.wire.close();
  }
}

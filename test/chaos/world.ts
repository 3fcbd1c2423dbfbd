import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { DataSource } from "typeorm";
import { dataSourceOptions } from "../../ormconfig";
import type { App } from "../../src/app";
import { openFakeShop, SHOP_SECRET, type FakeShop } from "../support/fake-shop";
import { appOn } from "../support/app";
import { patient } from "../support/database";
import { JWT_JWK_SET } from "../support/http";
import { run, said, type Program } from "../support/server-process";
import { openCommitProxy, type CommitProxy } from "./commit-proxy";
import type { Schedule, ShopKind } from "./schedule";

/** How long the shop may take, in milliseconds: all other times are multiples of it. */
export const DEADLINE_MS = 500;

/** What a world is made of. */
export interface Setting {
  /** An empty database. */
  databaseUrl: string;
  kind: ShopKind;
  /** The compiled server: the product's, or one with a bug. */
  main?: string;
  /** How many servers; two unless given. */
  servers?: 1 | 2;
}

/** Two real servers on one PostgreSQL, a shop with its own ledger, and a server that decides about faults. */
export interface World {
  app: App;
  shop: FakeShop;
  /** Where a server is reached; waits while it is being started again. */
  url(server: number): Promise<string>;
  /** Lets the fault of a schedule happen to the order's refund. */
  plan(orderNumber: string, schedule: Schedule): void;
  /** Faults that have happened, as `fault@point`. */
  fired: string[];
  close(): Promise<void>;
}

interface Plan {
  schedule: Schedule;
  visits: number;
}

/** Builds a world; its servers are started again when they die. */
export async function openWorld(setting: Setting): Promise<World> {
  const { databaseUrl, kind } = setting;
  const shop = await openFakeShop(kind !== "natural");
  const plans = new Map<string, Plan>();
  const fired: string[] = [];
  const servers: KeptServer[] = [];
  const db = new DataSource(patient(dataSourceOptions(databaseUrl)));
  const judge = createServer((request, response) => {
    const query = new URL(request.url!, "http://judge").searchParams;
    const plan = plans.get(query.get("key")!);
    const { fault, point, visit } = plan?.schedule ?? {};
    const isNow = plan && point === query.get("point") && ++plan.visits === visit;
    const server = servers.find(({ pid }) => pid === Number(query.get("pid")));
    if (!isNow || !server || fault === "none") return void response.end();
    fired.push(`${fault}@${point}`);
    server.suffer(fault!, db).then(
      () => response.end(),
      () => response.end(),
    );
  });
  const planUrl = await listen(judge);
  for (let place = 0; place < (setting.servers ?? 2); place++) {
    servers.push(await KeptServer.start(setting, shop.url, planUrl));
    if (place === 0) await db.initialize();
  }
  return {
    app: appOn(db),
    shop,
    fired,
    url: (server) => servers[server % servers.length]!.url(),
    plan: (orderNumber, schedule) => void plans.set(orderNumber, { schedule, visits: 0 }),
    async close() {
      await Promise.all(servers.map((server) => server.end()));
      await Promise.all([db.destroy(), shop.close()]);
      judge.closeAllConnections();
      judge.close();
    },
  };
}

/** A server that is started again when it dies. */
class KeptServer {
  private program: Program | undefined;
  private ready: Promise<string>;
  private isEnding = false;
  private hasServed = false;

  private constructor(
    private readonly wire: CommitProxy,
    private readonly main: string,
    private readonly settings: Record<string, string>,
  ) {
    this.ready = this.launch();
  }

  static async start({ databaseUrl, kind, main }: Setting, shopUrl: string, planUrl: string) {
    const wire = await openCommitProxy(databaseUrl);
    const server = new KeptServer(wire, main ?? "dist/src/main.js", {
      DATABASE_URL: wire.url,
      REFUND_SHOP: kind === "webhook" ? "webhook" : "coordinator",
      COORDINATOR_URL: shopUrl,
      COORDINATOR_KEYED: kind === "keyed" ? "on" : "off",
      REFUND_WEBHOOK_URL: `${shopUrl}/refunds`,
      REFUND_WEBHOOK_SECRET: SHOP_SECRET,
      REFUND_DEADLINE_MS: String(DEADLINE_MS),
      FAULT_PLAN_URL: planUrl,
      JWT_JWK_SET,
      LOG_LEVEL: "fatal",
      PORT: "0",
      SHUTDOWN_DELAY_MS: "0",
    });
    await server.url();
    return server;
  }

  get pid(): number | undefined {
    return this.program?.child.pid;
  }

  url(): Promise<string> {
    return this.ready;
  }

  async suffer(fault: Schedule["fault"], db: DataSource): Promise<void> {
    if (fault === "kill") this.program!.child.kill("SIGKILL");
    if (fault === "stop") await this.standStill();
    if (fault === "loseCommit") this.wire.lose("lose");
    if (fault === "loseAnswer") this.wire.lose("answer");
    if (fault === "terminate")
      await db.query(`select pg_terminate_backend(pid) ${SESSIONS}`, [this.wire.ports()]);
    if (fault === "crash") {
      const rows = await db.query<{ pid: number }[]>(`select pid ${SESSIONS}`, [this.wire.ports()]);
      if (rows[0]) process.kill(rows[0].pid, "SIGKILL"); // PostgreSQL ends all sessions and recovers
    }
  }

  async end(): Promise<void> {
    this.isEnding = true;
    await this.ready.catch(() => undefined);
    this.program?.child.kill("SIGKILL");
    await this.program?.exited;
    await this.wire.close();
  }

  /** Past its lease, so that the sweep of the other server takes over. */
  private async standStill(): Promise<void> {
    const { child } = this.program!;
    child.kill("SIGSTOP");
    void sleep(3 * DEADLINE_MS).then(() => child.kill("SIGCONT"));
    await Promise.resolve();
  }

  private async launch(): Promise<string> {
    for (let tries = 1; ; tries++) {
      const program = run(this.main, this.settings);
      this.program = program;
      void program.exited.then(() => {
        if (this.hasServed && !this.isEnding) this.ready = this.launch();
      });
      const started = await said(program, /GraphQL +(http\S+)\/graphql/).catch(() => null);
      if (started) {
        this.hasServed = true;
        return started[1]!;
      }
      if (this.isEnding) return "";
      program.child.kill("SIGKILL"); // it answers too late, if it is alive
      await program.exited;
      if (this.hasServed) return this.ready; // another is being launched
      // On a very busy machine PostgreSQL may answer too late. Tried for ever, it would keep the harness waiting.
      if (tries === TRIES_AT_MOST) throw new Error(`the server does not start: ${program.stderr()}`);
    }
  }
}

/** How often a server is started that has never served. */
const TRIES_AT_MOST = 5;

/** The sessions of a server that are in a transaction. */
const SESSIONS = `from pg_stat_activity where client_port = any($1) and xact_start is not null
  and pid <> pg_backend_pid()`;

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

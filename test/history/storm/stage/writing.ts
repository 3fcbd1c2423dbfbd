import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { LOST_POSTGRES, type Orders } from "../writer";

const CLOCK_AHEAD = join(__dirname, "../../../support/clock-ahead.js");

/** The process that writes, which is started again wherever it ends. */
export class Writing {
  /** Why the process ended, when nobody killed it. */
  failure: Error | null = null;
  private child: ChildProcess | undefined;
  private starts = 0;

  constructor(
    private readonly orders: Omit<Orders, "url">,
    private readonly settings: Record<string, string>,
    /** Whether every other process has a clock that is 5 minutes ahead. */
    private readonly areClocksAhead: boolean,
  ) {}

  /** Begins to write; each process begins with another seed. */
  start(url: string): void {
    const isAhead = this.areClocksAhead && this.starts % 2 === 1;
    const orders: Orders = { ...this.orders, url, seed: this.orders.seed + this.starts++ };
    this.child = fork(join(__dirname, "../writer.js"), [JSON.stringify(orders)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { ...process.env, ...this.settings },
      execArgv: isAhead ? ["--require", CLOCK_AHEAD] : [],
    });
    this.child.once("exit", (code) => {
      if (code === LOST_POSTGRES) this.start(url);
      else if (code !== null) this.failure = new Error(`The writing process ended by itself, with ${code}`);
    });
  }

  /** Kills it, for good. */
  end(): void {
    this.child?.removeAllListeners("exit").kill("SIGKILL");
    this.child = undefined;
  }
}

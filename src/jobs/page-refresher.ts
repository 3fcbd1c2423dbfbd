import type { App, Pages } from "../app";
import { isFresh } from "../rules/lms/freshness-rules";
import { logFailure } from "../use-cases/log-failure";
import { refreshPage } from "../use-cases/lms/refresh-page";

/** How many learners can wait. Beyond that, pages are refreshed when they are read again. */
const WAITING_AT_MOST = 1_000;
/** For how many learners calls are made at once. */
const AT_ONCE = 2;
/** Of how many learners it is remembered when their turn was. */
const REMEMBERED_AT_MOST = 10_000;

/**
 * Looks again at what the pages of learners show, in this process: each learner at most once in the time for which an
 * enrollment counts as fresh, whatever comes of it.
 */
export class PageRefresher implements Pages {
  private readonly waiting = new Set<string>();
  /** The latest turn of each learner, in the order of the turns. */
  private readonly turns = new Map<string, Date>();
  private readonly workers = new Set<Promise<void>>();
  private isStopped = false;

  note(app: App, userId: string): void {
    if (app.openEdx.isEmbedded || this.isStopped || this.waiting.size >= WAITING_AT_MOST) return;
    if (isFresh("enrollment", this.turns.get(userId) ?? null, app.clock())) return;
    this.waiting.add(userId);
    if (this.workers.size >= AT_ONCE) return;
    const worker = this.work(app).finally(() => this.workers.delete(worker));
    this.workers.add(worker);
  }

  /** Resolves when nobody waits any longer. */
  async settled(): Promise<void> {
    while (this.workers.size > 0) await Promise.all(this.workers);
  }

  /** Ends the turns in progress, and takes no more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.waiting.clear();
    await this.settled();
  }

  private async work(app: App): Promise<void> {
    for (const userId of this.waiting) {
      this.waiting.delete(userId);
      this.remember(userId, app.clock());
      await refreshPage(app, userId).catch((error: unknown) =>
        logFailure(app.log, error, {}, "the page of a learner could not be refreshed"),
      );
    }
  }

  private remember(userId: string, at: Date): void {
    this.turns.delete(userId);
    this.turns.set(userId, at);
    const [oldest] = this.turns.keys();
    if (this.turns.size > REMEMBERED_AT_MOST) this.turns.delete(oldest!);
  }
}

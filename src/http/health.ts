import type { App } from "../app";
import { sendJson } from "./respond";
import type { Route } from "./route";

const PATIENCE_MS = 2_000;

/** Says that the process lives, and asks nothing else. */
export const livenessRoute: Route = (_request, response) => sendJson(response, 200, { status: "alive" });

/** Says whether the server should be given requests: 200, or 503 with the reason. */
export function readinessRoute(app: App, stopping: AbortSignal): Route {
  return async (_request, response) => {
    const reason = stopping.aborted ? "The server is stopping." : await unreadiness(app);
    sendJson(response, reason ? 503 : 200, { status: reason ?? "ready" });
  };
}

/** The reason why the server is not ready, or null when it is. */
async function unreadiness({ db }: App): Promise<string | null> {
  const asked = db.query<{ name: string }[]>('SELECT name FROM "migrations"');
  try {
    const done = new Set((await within(asked, PATIENCE_MS)).map(({ name }) => name));
    const isUpToDate = db.migrations.every(({ name, constructor }) => done.has(name ?? constructor.name));
    return isUpToDate ? null : "The database lacks migrations.";
  } catch {
    return "The database cannot be asked.";
  }
}

/** What a promise resolves with; rejects when that takes longer. */
export function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("timeout")), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

import type { App } from "../app";

const PATIENCE_MS = 2_000;

/** Why the server should get no requests just now, or null when it can answer them. */
export async function unreadiness({ db }: App): Promise<string | null> {
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

import { Client } from "pg";

/**
 * Runs work while its nth statement fails in PostgreSQL, on any connection; returns whether it sent that many
 * statements.
 */
export async function failStatement(nth: number, work: () => Promise<unknown>): Promise<boolean> {
  const driver = Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = driver;
  let sent = 0;
  driver.query = function (this: Client, ...args: unknown[]) {
    if (++sent !== nth) return query.apply(this, args);
    const [, ...rest] = args.filter((arg) => !Array.isArray(arg));
    return query.call(this, "select 1 / 0", ...rest);
  };
  try {
    await work();
  } finally {
    driver.query = query;
  }
  return sent >= nth;
}

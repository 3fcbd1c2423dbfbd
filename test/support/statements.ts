import { AsyncLocalStorage } from "node:async_hooks";
import { Client } from "pg";

/** A statement as it went to PostgreSQL. */
export interface Statement {
  text: string;
  values: unknown[];
}

const working = new AsyncLocalStorage<object>();

/**
 * Runs work and returns the statements it sent, over whatever connections, without the set-up of new ones, and without
 * what this process does meanwhile by itself, such as reading the support agents again. Work that only asks a server of
 * this process over HTTP sends none itself: then all statements are returned.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const own: Statement[] = [];
  const all: Statement[] = [];
  const driver = Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = driver;
  driver.query = function (this: Client, ...args: unknown[]) {
    const [first, values] = args as [string | Statement, unknown[] | undefined];
    const statement = typeof first === "string" ? { text: first, values: values ?? [] } : first;
    all.push(statement);
    if (working.getStore() === own) own.push(statement);
    return query.apply(this, args);
  };
  try {
    await working.run(own, work);
  } finally {
    driver.query = query;
  }
  const sent = own.length > 0 ? own : all;
  return sent.filter(({ text }) => !text.includes("current_setting('server_encoding')"));
}

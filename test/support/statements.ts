import { Client } from "pg";

/** A statement as it went to PostgreSQL. */
export interface Statement {
  text: string;
  values: unknown[];
}

/** Runs work and returns the statements it sent, over whatever connections, without the set-up of new ones. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const driver = Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = driver;
  driver.query = function (this: Client, ...args: unknown[]) {
    const [first, values] = args as [string | Statement, unknown[] | undefined];
    sent.push(typeof first === "string" ? { text: first, values: values ?? [] } : first);
    return query.apply(this, args);
  };
  try {
    await work();
  } finally {
    driver.query = query;
  }
  return sent.filter(({ text }) => !text.includes("current_setting('server_encoding')"));
}

import { Client } from "pg";
import type { App } from "../../src/app";

/** A connection of another program to the database of an app, for all tests of a file. */
export function useOtherClient({ db: { options } }: Pick<App, "db">): Client {
  const client = new Client({ connectionString: options.type === "postgres" ? options.url : "" });
  beforeAll(async () => {
    await client.connect();
  });
  afterAll(() => client.end());
  return client;
}

import { DataSource } from "typeorm";
import { dataSourceOptions } from "../../ormconfig";
import { appOn } from "../support/app";
import { asSuperuser, createTestDatabase, patient } from "../support/database";
import { send, serve } from "../support/http";

test("a server on a database that can only be read is not ready, as no command could succeed there", async () => {
  const database = await createTestDatabase();
  const name = new URL(database.url).pathname.slice(1);
  await asSuperuser(`alter database ${name} set default_transaction_read_only = on`);
  const db = await new DataSource(patient(dataSourceOptions(database.url))).initialize();
  const server = await serve(appOn(db));
  try {
    const { status, text } = await send(`${server.url}/readyz`);
    expect(status).toBe(503);
    expect(text).toContain("The database can only be read");
  } finally {
    await server.stop();
    await db.destroy();
    await database.drop();
  }
});

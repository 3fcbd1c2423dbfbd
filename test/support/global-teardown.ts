import { dropDatabases } from "./database";
import { removeNow } from "./cleanup";

/** Leaves nothing behind. */
export default async function globalTeardown(): Promise<void> {
  await dropDatabases();
  await removeNow();
}

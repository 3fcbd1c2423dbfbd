import { dropTemplate } from "./database";
import { removeNow } from "./undertaker";

/** Leaves nothing behind. */
export default async function globalTeardown(): Promise<void> {
  await dropTemplate();
  await removeNow();
}

import { entitlementsById, type EntitlementFacts } from "../../reads/entitlement-facts";
import type { CommandRequest } from "../command";

/** An entitlement as it is after the calls that its command has made. */
export async function reread(
  { app, calls }: CommandRequest,
  before: EntitlementFacts,
): Promise<EntitlementFacts> {
  if (!calls?.length) return before;
  const [facts] = await entitlementsById(app.db, [before.id]);
  return facts ?? before;
}

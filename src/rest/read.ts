import { owns } from "../auth/actor";
import { supportAuditorOrService } from "../auth/who";
import { entitlementsById } from "../reads/entitlement-facts";
import { detail, RestFault, type RestAnswer, type RestRequest } from "./answer";
import { shown } from "./entitlement";

/** The entitlement of an address. One that the caller may not see counts as missing, so that UUIDs cannot be probed. */
export async function read(request: RestRequest): Promise<RestAnswer> {
  const { app, actor, entitlementId } = request;
  const [facts] = await entitlementsById(app.db, [entitlementId]);
  if (!facts || !(owns(actor, facts) || supportAuditorOrService.allows(actor))) throw notFound();
  const [body] = await shown(request, [facts], "due");
  return { status: 200, body };
}

/** The answer to an address at which there is nothing for the caller. */
export function notFound(): RestFault {
  return new RestFault(detail(404, "Not found."));
}

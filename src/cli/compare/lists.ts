import type { App } from "../../app";
import type { Actor } from "../../auth/actor";
import { standingOf } from "../../reads/decisions/choosing";
import { entitlementsById } from "../../reads/entitlement-facts";
import { list } from "../../rest/list";
import { isExpired } from "../../rules/entitlement-state";
import type { Lapses, Listed } from "./differences";

/** Reads everyone's entitlements, as the staff account does with which the LMS is asked. */
const READER: Actor = {
  userId: null,
  username: "compare",
  isSupport: false,
  isStaff: false,
  isService: false,
  isAuditor: true,
  isSuperuser: false,
};

/** The list of a learner that the entitlements API here answers, with what is known of expiries by age. */
export async function listHere(app: App, username: string): Promise<{ listed: Listed[]; lapses: Lapses }> {
  const listed: Listed[] = [];
  const [lapsed, due] = [new Set<string>(), new Set<string>()];
  for (let page = 1; ; page++) {
    const body = await pageHere(app, username, page);
    listed.push(...body.results);
    const ids = body.results.map(({ uuid }) => uuid);
    for (const each of await entitlementsById(app.db, ids)) {
      if (!each) continue;
      const periods = each.policy ?? app.config.defaultPeriods;
      const isDue = !each.expiredAt && isExpired(standingOf(each), periods, app.clock());
      if (isDue) due.add(each.id);
      if (isDue || each.expiryCause === "LAPSED") lapsed.add(each.id);
    }
    if (body.next === null) return { listed, lapses: { lapsed, due } };
  }
}

async function pageHere(app: App, user: string, page: number) {
  const parameters = new URLSearchParams({ user, page: String(page), page_size: "100" });
  const request = { address: "", requestId: "compare", entitlementId: "", fields: {}, parameters };
  const { body } = await list({ ...request, app, actor: READER, now: app.clock() });
  // JSON, as clients get it: without the keys that have no value.
  return JSON.parse(JSON.stringify(body)) as { next: string | null; results: Listed[] };
}

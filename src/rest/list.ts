import { supportAuditorOrService } from "../auth/who";
import { countNumbered, numberedPage, type NumberedCriteria } from "../reads/finding/numbered-pages";
import { detail, RestFault, type RestAnswer, type RestRequest } from "./answer";
import { shown } from "./entitlement";
import { invalid, uuid } from "./fields";

/** How many entitlements a page of the list holds. */
const PAGE_SIZE = { usual: 50, most: 100 };
/** How many UUIDs a filter may name. */
const FILTERED_AT_MOST = 100;
const USERNAME = /^[^\0]{1,150}$/;

/**
 * A page of the entitlements of the caller; of another learner for those who read everyone's, when they name one. Their
 * lists show expiries as they are stored; everyone else's also show those that are due.
 */
export async function list(request: RestRequest): Promise<RestAnswer> {
  const { app, now, parameters, address } = request;
  const time = { now, defaultPeriods: app.config.defaultPeriods };
  const criteria = criteriaOf(request);
  const size = sizeOf(parameters);
  const count = await countNumbered(app.db, criteria, time);
  const pages = Math.max(1, Math.ceil(count / size));
  const page = pageOf(parameters, pages);
  const start = (page - 1) * size;
  const rows = await numberedPage(app.db, criteria, { offset: start, limit: size }, time);
  const link = (to: number) => (to < 1 || to > pages ? null : linkTo(address, parameters, to));
  return {
    status: 200,
    body: {
      next: link(page + 1),
      previous: link(page - 1),
      count,
      num_pages: pages,
      current_page: page,
      start,
      results: await shown(request, rows, criteria.isDueExpired ? "due" : "stored"),
    },
  };
}

function criteriaOf({ actor, parameters }: RestRequest): NumberedCriteria {
  const username = last(parameters, "user") || null;
  if (username !== null && !USERNAME.test(username))
    throw invalid("user", "Ensure this value has at most 150 characters.");
  const readsAnyone = supportAuditorOrService.allows(actor);
  return {
    owner: readsAnyone && username !== null ? null : actor,
    username,
    ids: uuids(parameters, "uuid"),
    courseUuids: uuids(parameters, "course_uuid"),
    isExpired: isExpired(last(parameters, "expired_at__isnull")),
    isDueExpired: !readsAnyone,
  };
}

/** Of several values for one name, the last, as in the original. */
function last(parameters: URLSearchParams, name: string): string | undefined {
  return parameters.getAll(name).at(-1);
}

function uuids(parameters: URLSearchParams, name: string): string[] | null {
  const given = last(parameters, name);
  if (!given) return null;
  const named = given.split(",");
  if (named.length > FILTERED_AT_MOST)
    throw invalid(name, `Ensure this value names at most ${FILTERED_AT_MOST} UUIDs.`);
  const all = named.map((one) => uuid.safeParse(one.trim()).data);
  if (all.includes(undefined)) throw invalid(name, "Must be a valid UUID.");
  return all as string[];
}

function isExpired(isNull: string | undefined): boolean | null {
  if (!isNull) return null;
  if (!/^(true|false)$/i.test(isNull)) throw invalid("expired_at__isnull", "Must be a valid boolean.");
  return isNull.toLowerCase() === "false";
}

function sizeOf(parameters: URLSearchParams): number {
  const given = last(parameters, "page_size") ?? "";
  return Math.min(/^\d+$/.test(given) && Number(given) > 0 ? Number(given) : PAGE_SIZE.usual, PAGE_SIZE.most);
}

function pageOf(parameters: URLSearchParams, pages: number): number {
  const given = last(parameters, "page") || "1";
  const page = given === "last" ? pages : Number(/^\d{1,9}$/.exec(given)?.[0] ?? 0);
  if (page < 1 || page > pages) throw new RestFault(detail(404, "Invalid page."));
  return page;
}

/** The address of another page, with its parameters sorted by name; the first page goes without its number. */
function linkTo(address: string, parameters: URLSearchParams, page: number): string {
  const linked = new URLSearchParams(parameters);
  linked.delete("page");
  if (page > 1) linked.set("page", String(page));
  linked.sort();
  return linked.size > 0 ? `${address}?${linked.toString()}` : address;
}

import type { FakeUser, World } from "../world/world";
import { Answered, type Call, type Reply, type Route } from "./call";
import type { LedgerEntry } from "./ledger";
import type { Tokens } from "./tokens";

/** What answers a request needs. */
export interface Answering {
  world: World;
  tokens: Tokens;
  routes: Route[];
}

/** Answers as the system does when nothing is wrong with it, and notes the effect. */
export async function answer(
  { world, tokens, routes }: Answering,
  method: string,
  request: Pick<Call, "url" | "headers" | "text">,
  entry: LedgerEntry,
): Promise<Reply> {
  const path = decodeURIComponent(request.url.pathname);
  const here = routes.filter((route) => route.path.test(path));
  const route = here.find((each) => each.method === method);
  if (here.length === 0) return { status: 404 };
  if (!route) return { status: 405, body: { detail: `Method "${method}" not allowed.` } };
  const token = /^JWT (.+)$/.exec(request.headers["authorization"]?.toString() ?? "")?.[1];
  const caller = token === undefined ? null : await tokens.read(token, world);
  const refusal = refusalOf(route, token, caller);
  if (refusal) return refusal;
  const call: Call = { ...request, world, caller, parts: route.path.exec(path)!.slice(1) };
  const before = { changes: world.changes.length, refunds: world.refunds.length };
  try {
    return await route.answer(call);
  } catch (error) {
    if (error instanceof Answered) return error.reply;
    throw error;
  } finally {
    entry.effect = [...world.changes.slice(before.changes), ...world.refunds.slice(before.refunds)];
  }
}

/** Django REST framework asks who calls, then whether they may, then whether they call too often. */
function refusalOf(route: Route, token: string | undefined, caller: FakeUser | null): Reply | undefined {
  const field = route.errorField ?? "detail";
  if (route.needs !== "nothing" && !caller)
    return {
      status: 401,
      body: { [field]: token ? "Invalid token." : "Authentication credentials were not provided." },
      headers: { "www-authenticate": 'JWT realm="api"' },
    };
  if (route.needs === "staff" && !caller!.isStaff)
    return { status: 403, body: { [field]: "You do not have permission to perform this action." } };
  const wait = route.throttle?.take(route.needs === "nothing" ? null : caller);
  if (typeof wait !== "number") return undefined;
  return {
    status: 429,
    body: { [field]: `Request was throttled. Expected available in ${wait} second${wait === 1 ? "" : "s"}.` },
    headers: { "retry-after": String(wait) },
  };
}

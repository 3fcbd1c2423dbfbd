import type { IncomingMessage, ServerResponse } from "node:http";
import { act } from "../faults/act";
import type { Faults } from "../faults/faults";
import type { World } from "../world/world";
import type { Route } from "./call";
import type { LedgerEntry, SystemName } from "./ledger";
import { listen, type Listening } from "./listen";
import { answer } from "./routing";
import type { Tokens } from "./tokens";

/** What the systems of an installation share. */
export interface Shared {
  world: World;
  tokens: Tokens;
  faults: Faults;
  ledger: LedgerEntry[];
  /** Is told each entry when it has been answered, and again when it has had a late effect. */
  log: (entry: LedgerEntry) => void;
  /** Ends what is still to happen. */
  end: AbortSignal;
}

/** Opens a system on a port of 127.0.0.1; 0 stands for a free one. */
export function openSystem(
  shared: Shared,
  name: SystemName,
  routes: Route[],
  port: number,
): Promise<Listening> {
  return listen(port, (request, response) => {
    handle(shared, name, routes, request, response).catch(() => response.destroy());
  });
}

async function handle(
  shared: Shared,
  system: SystemName,
  routes: Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk as string;
  const { method = "", url: path = "/", headers } = request;
  const entry: LedgerEntry = {
    at: shared.world.clock(),
    system,
    method,
    path,
    body: text.replace(/client_secret=[^&]*/, "client_secret=..."),
    status: null,
    effect: [],
  };
  shared.ledger.push(entry);
  const url = new URL(path, `http://${headers.host ?? "localhost"}`);
  const work = async () => {
    const reply = await answer({ ...shared, routes }, method, { url, headers, text }, entry);
    if (entry.status !== null) shared.log(entry);
    return reply;
  };
  const fault = shared.faults.take(system, `${method} ${path}`);
  entry.status = await act(fault, work, response, shared.end);
  shared.log(entry);
}

import type { IncomingMessage } from "node:http";
import { BadRequest } from "../body";

/** What a Host header may hold: a name or an address, and a port (RFC 9110, 7.2). */
const HOST = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(:\d*)?$/i;
/** The absolute form of a request's target, as proxies send it (RFC 9112, 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;

/**
 * Brings a request to the form in which routes read it: an absolute target becomes a path, and its host replaces the
 * header. Throws BadRequest where the host cannot be told, because others on the way may have read another one.
 */
export function readTarget(request: IncomingMessage): void {
  const [origin, authority] = ABSOLUTE.exec(request.url!) ?? ["", undefined];
  if (authority !== undefined) {
    const path = request.url!.slice(origin.length);
    request.url = path.startsWith("/") ? path : `/${path}`;
  }
  const hosts = request.rawHeaders.filter((name, place) => place % 2 === 0 && /^host$/i.test(name)).length;
  const { host = "" } = Object.assign(request.headers, authority !== undefined && { host: authority });
  if (hosts > 1 || !HOST.test(host)) throw new BadRequest(400, "The request names no host, or several.");
}

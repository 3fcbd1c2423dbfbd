import { lookup, type LookupAddress } from "node:dns";
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";

/** Whether a connection to an IP address may be made. */
export type MayReach = (address: string) => boolean;

/** A host that has only addresses to which no connection may be made. Nothing was sent. */
class ForbiddenAddress extends Error {
  readonly code = "FORBIDDEN_ADDRESS";
}

/**
 * Sends a request to a host that others have named, by a connection of its own. The addresses of the host are looked up
 * once, and the connection is made to one that may be reached: what the name means a moment later does not matter.
 */
export function guardedRequest(
  url: string,
  options: Pick<RequestOptions, "method" | "headers" | "signal">,
  body: string,
  mayReach: MayReach,
): Promise<IncomingMessage> {
  const { protocol, hostname } = new URL(url);
  const literal = hostname.replace(/^\[(.*)\]$/, "$1");
  return new Promise((resolve, reject) => {
    if (isIP(literal) && !mayReach(literal)) throw new ForbiddenAddress("The address may not be reached.");
    const send = protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(url, { ...options, agent: false, lookup: lookupOf(mayReach) }, resolve);
    request.on("error", reject).end(body);
  });
}

function lookupOf(mayReach: MayReach): LookupFunction {
  return (hostname, options, done) =>
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return done(error, "");
      const allowed = addresses.filter(({ address }) => mayReach(address));
      const [first] = allowed;
      if (!first) return done(new ForbiddenAddress("The host has no address that may be reached."), "");
      if (options.all) done(null, allowed);
      else done(null, first.address, first.family);
    });
}

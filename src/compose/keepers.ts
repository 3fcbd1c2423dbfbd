import { closeSync, fstatSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { httpClient } from "../gateways/http-client";
import type { Keeper } from "../proof/witness/hand-out";

/** How long a witness may take to answer, in milliseconds. */
const DEADLINE_MS = 5_000;

/** Who keeps the checkpoints, by the addresses of the settings. */
export function keepersOf(addresses: readonly string[]): Keeper[] {
  return addresses.map((address) =>
    address.startsWith("file:") ? fileKeeper(address) : witnessKeeper(address),
  );
}

/** A file that only grows, on a medium or machine that another one looks after. */
function fileKeeper(address: string): Keeper {
  return {
    name: address,
    keep(note) {
      const file = openSync(fileURLToPath(address), "a", 0o644);
      const { size } = fstatSync(file);
      try {
        writeFileSync(file, note, { flush: true });
      } catch (error) {
        // A full disk takes a part of it, to which the next checkpoint would be glued.
        ftruncateSync(file, size);
        throw error;
      } finally {
        closeSync(file);
      }
    },
  };
}

function witnessKeeper(address: string): Keeper {
  const [prefix = "", vkey = ""] = address.split("#");
  const url = new URL("add-checkpoint", prefix.endsWith("/") ? prefix : `${prefix}/`).href;
  const send = httpClient({ to: "witness", deadlineMs: DEADLINE_MS });
  return {
    name: prefix,
    vkey,
    ask: (body) =>
      send({ method: "POST", url, body, headers: { "content-type": "text/plain; charset=utf-8" } }),
  };
}

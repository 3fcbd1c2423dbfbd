import type { ServerResponse } from "node:http";
import type { App } from "../../app";
import { Denied, denialOf } from "../../auth/denial";
import { staffOrAuditor } from "../../auth/who";
import { checkpointOf } from "../../proof/sealed/checkpoints";
import { hashesOf } from "../../proof/sealed/tile-store";
import { TILE_WIDTH } from "../../proof/tree/growing-tree";
import { cors } from "../cors";
import { finish, pathOf, sendNotFound, sendText } from "../respond";
import { readOnly, type Route } from "../route";
import type { Admit } from "../session";

/** The address below which the history is served as https://c2sp.org/tlog-tiles says. */
export const HISTORY_PREFIX = "/history/";
/** A tile that was sent never changes, whatever is added to the history. */
const FOR_EVER = "max-age=31536000, immutable";
const TEXT = "text/plain; charset=utf-8";

/**
 * Answers requests for the checkpoint and the tiles of the history: signed sizes and hashes, and nothing that was hashed. It
 * is for staff and auditors, or for everybody with HISTORY_PUBLIC.
 */
export function historyRoute(app: App, admit: Admit): Route {
  const allow = cors(app.config, { methods: "GET" });
  const { isPublic } = app.config.history;
  return (request, response, requestId) => {
    if (allow(request, response)) return;
    return readOnly(() =>
      admit(request, response, async (actor) => {
        const denial = isPublic ? null : denialOf(actor, staffOrAuditor, "the checkpoints of the history");
        if (denial) throw new Denied(denial);
        const path = pathOf(request).slice(HISTORY_PREFIX.length);
        if (path !== "checkpoint") return sendTile(app, response, path);
        const checkpoint = await checkpointOf(app.db);
        return checkpoint ? sendText(response, 200, TEXT, checkpoint.note) : sendNotFound(response);
      }),
    )(request, response, requestId);
  };
}

async function sendTile({ db, config }: App, response: ServerResponse, path: string): Promise<void> {
  const wanted = tileAt(path);
  const hashes = wanted && (await hashesOf(db, wanted, wanted.width));
  if (!hashes) return sendNotFound(response);
  response.setHeader("content-type", "application/octet-stream");
  response.setHeader("cache-control", `${config.history.isPublic ? "public" : "private"}, ${FOR_EVER}`);
  finish(response, hashes);
}

/** The tile at `tile/<level>/<index>`, of which `.p/<width>` is a part; the index is in groups of three digits. */
function tileAt(path: string): { level: number; index: number; width: number } | null {
  const form = /^tile\/(0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;
  const [, level, index, part] = form.exec(path) ?? [];
  if (level === undefined || index === undefined || index.startsWith("x000/")) return null;
  const width = part === undefined ? TILE_WIDTH : Number(part);
  if (part !== undefined && width >= TILE_WIDTH) return null;
  return { level: Number(level), index: Number(index.replaceAll(/[x/]/g, "")), width };
}

import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { App } from "../../app";
import { Denied, denialOf } from "../../auth/denial";
import { staffOrAuditor } from "../../auth/who";
import type { Engine } from "../../engine/engine";
import { ExportFault } from "../../engine/export/export-fault";
import type { Exported, ExportedRow } from "../../engine/export/exporter";
import { isListName } from "../../engine/export/lists";
import { clientRequestId, describe } from "../../log";
import { BadRequest } from "../body";
import { cors } from "../cors";
import { Overloaded } from "../in-flight";
import { pathOf, sendNotFound } from "../respond";
import { requireMethod, type Route } from "../route";
import type { Admit } from "../session";
import { FORMATS, type Format } from "./formats";

/** So many exports run at once in a process. Each holds a place among the requests in work for as long as it takes. */
export const EXPORTS_AT_ONCE = 2;
/** A client that takes nothing for so long is given up, so that its place becomes free. */
const TAKES_NOTHING_FOR_MS = 30_000;

/** Answers requests for `/export/<list>.<format>` to staff and auditors. */
export function exportRoute(app: App, engine: Engine, admit: Admit): Route {
  const allow = cors(app.config);
  let inProgress = 0;
  return async (request, response, requestId) => {
    response.setHeader("cache-control", "no-store");
    if (allow(request, response)) return;
    const [list = "", form = "", ...more] = pathOf(request).slice("/export/".length).split(".");
    const format = Object.hasOwn(FORMATS, form) ? FORMATS[form] : undefined;
    if (!isListName(list) || !format || more.length > 0) return sendNotFound(response);
    requireMethod(request, ["GET"]);
    await admit(request, response, async (actor) => {
      const denial = denialOf(actor, staffOrAuditor, `the export of ${list}`);
      if (denial) throw new Denied(denial);
      if (inProgress >= EXPORTS_AT_ONCE) throw new Overloaded();
      inProgress++;
      const clientId = clientRequestId(request.headers["x-request-id"]);
      const log = {
        requestId,
        clientRequestId: clientId,
        actor: actor!.userId,
        export: `${list}.${form}`,
        rows: 0,
      };
      try {
        const startedAt = app.clock();
        const parameters = new URL(request.url!, "http://any").searchParams;
        const exported = engine.export(list, parameters, actor!, requestId);
        response.setHeader("content-disposition", `attachment; filename="${list}.${form}"`);
        await send(response, exported, format, startedAt, log);
        app.log.info(log, "exported");
      } catch (error) {
        if (error instanceof ExportFault && !response.headersSent) throw toBadRequest(error, response);
        if (!isLeft(error) && !response.headersSent) throw error;
        response.destroy(); // in the middle, so that the client sees that the rest is missing
        app.log[isLeft(error) ? "info" : "error"]({ ...log, error: describe(error) }, "an export broke off");
      } finally {
        inProgress--;
      }
    });
  };
}

/** Sends a list as its pages come, no faster than the client takes them. Rejects when the client leaves. */
async function send(
  response: ServerResponse,
  { columns, pages }: Exported,
  format: Format,
  startedAt: Date,
  count: { rows: number },
): Promise<void> {
  const iterator = pages[Symbol.asyncIterator]();
  const first = await iterator.next(); // which tells what is wrong, while there is still a status to say so
  async function* lines() {
    yield format.head(columns);
    for (let page = first; !page.done; page = await iterator.next()) {
      const rows: readonly ExportedRow[] = page.value;
      yield rows.map((row) => format.line(columns, row)).join("");
      count.rows += rows.length;
    }
    yield format.end(columns, { rows: count.rows, startedAt });
  }
  response.setHeader("content-type", format.type);
  response.setTimeout(TAKES_NOTHING_FOR_MS, () => response.destroy());
  await pipeline(Readable.from(lines(), { highWaterMark: 1 }), response);
}

/** What Node reports when the client has left: while the export was sent, or before its first page was read. */
const LEFT = new Set(["ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_UNABLE_TO_PIPE"]);

function isLeft(error: unknown): boolean {
  return LEFT.has((error as NodeJS.ErrnoException).code ?? "");
}

function toBadRequest({ status, message, code }: ExportFault, response: ServerResponse): BadRequest {
  response.removeHeader("content-disposition");
  if (status === 503) response.setHeader("retry-after", "1");
  return new BadRequest(status, message, code);
}

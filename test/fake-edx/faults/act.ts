import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Reply } from "../http/call";
import type { LedgerEntry } from "../http/ledger";
import type { Fault } from "./faults";

const PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";

/** Answers a request, with a fault if there is one. Returns what the ledger says of the answer. */
export async function act(
  fault: Fault | undefined,
  work: () => Promise<Reply>,
  response: ServerResponse,
  end: AbortSignal,
): Promise<NonNullable<LedgerEntry["status"]>> {
  switch (fault?.kind) {
    case undefined:
      return send(response, await work());
    case "slow": {
      const reply = await work();
      await sleep(fault.ms, undefined, { signal: end });
      return send(response, reply);
    }
    case "status":
      return send(response, {
        status: fault.status,
        body: { detail: "A fault was asked for." },
        ...(fault.retryAfterSeconds !== undefined && {
          headers: { "retry-after": String(fault.retryAfterSeconds) },
        }),
      });
    case "nonsense": {
      if (fault.shape === "html") return sendText(response, 200, { "content-type": "text/html" }, PAGE);
      const { status, body, headers } = await work();
      const text = JSON.stringify(body ?? { state: "unknown" });
      return sendText(response, status, { ...JSON_TYPE, ...headers }, text.slice(0, text.length / 2));
    }
    case "silence":
      return "silence";
    case "reset":
      return reset(response);
    case "lostAnswer":
      await work();
      return reset(response);
    case "lateEffect":
      sleep(fault.ms, undefined, { signal: end })
        .then(work)
        .catch(() => {});
      return reset(response);
  }
}

const JSON_TYPE = { "content-type": "application/json" };

function send(response: ServerResponse, { status, body, headers }: Reply): number {
  return sendText(
    response,
    status,
    { ...JSON_TYPE, ...headers },
    body === undefined ? "" : JSON.stringify(body),
  );
}

function sendText(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  text: string,
): number {
  response.writeHead(status, headers).end(text);
  return status;
}

function reset(response: ServerResponse): "reset" {
  response.socket?.resetAndDestroy();
  return "reset";
}

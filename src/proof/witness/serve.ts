import { createServer, type IncomingMessage, type Server } from "node:http";
import type { WitnessAnswer } from "./witness";

/** A request has at most so many bytes: a path of 63 hashes and a checkpoint with signatures. */
const BODY_BYTES = 16_384;
/** A client that has not sent its request by then is given up. */
const REQUEST_MS = 10_000;

/** Serves a witness at `POST /add-checkpoint`. */
export function serveWitness(answer: (body: string, now: Date) => WitnessAnswer): Server {
  const server = createServer((request, response) => {
    const reply = (status: number, body: string, type = "text/plain; charset=utf-8") =>
      response.writeHead(status, { "content-type": type, connection: "close" }).end(body);
    if (request.url !== "/add-checkpoint") return void reply(404, "Send checkpoints to /add-checkpoint.\n");
    if (request.method !== "POST") return void reply(405, "Send checkpoints with POST.\n");
    bodyOf(request).then(
      (body) => {
        if (body === null) return void reply(413, `A request has at most ${BODY_BYTES} bytes.\n`);
        const { status, body: text } = answer(body, new Date());
        reply(status, text, status === 409 ? "text/x.tlog.size" : undefined);
      },
      () => request.destroy(),
    );
  });
  server.requestTimeout = REQUEST_MS;
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

import type { IncomingMessage } from "node:http";

/** The longest body of a request, in bytes. */
export const BODY_AT_MOST = 100_000;
/** So much of a longer one is still read and dropped, so that its sender gets to read why it is refused. */
const DROPPED_AT_MOST = 2_000_000;

/** A request that is refused before GraphQL sees it. */
export class BadRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code = "BAD_REQUEST",
    /** The methods that the address answers, where the request has another one. */
    readonly allow?: string,
  ) {
    super(message);
  }
}

/** Refuses bytes that are not UTF-8, and skips a byte order mark. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads the body of a request to its end, so that its connection can be used again. Rejects with BadRequest, also where it
 * is longer than `atMost` bytes.
 */
export function readBody(request: IncomingMessage, atMost = BODY_AT_MOST): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const drop = () => reject(new BadRequest(413, `The body has more than ${atMost} bytes.`));
    if (Number(request.headers["content-length"] ?? 0) > atMost) drop();
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= atMost) chunks.push(chunk);
      else drop();
      if (length > DROPPED_AT_MOST) request.destroy();
    });
    request.on("end", () => {
      try {
        resolve(UTF_8.decode(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
      } catch {
        reject(new BadRequest(400, "The body is not UTF-8."));
      }
    });
    const breakOff = () => reject(new BadRequest(400, "The body is not complete."));
    request.on("close", breakOff).on("error", breakOff); // without effect after the end
  });
}

/** The JSON that a body holds. Throws BadRequest. */
export function parseJson({ headers }: IncomingMessage, body: string): unknown {
  const type = /^application\/json\s*(;.*)?$/i.exec(headers["content-type"] ?? "");
  if (!type) throw new BadRequest(415, "The content type must be application/json.");
  const [, charset = "utf-8"] = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type[1] ?? "") ?? [];
  if (!/^utf-?8$/i.test(charset)) throw new BadRequest(415, "The body must be in UTF-8.");
  if (headers["content-encoding"] !== undefined)
    throw new BadRequest(415, "The body must not be compressed.");
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new BadRequest(400, "The body is not JSON.");
  }
}

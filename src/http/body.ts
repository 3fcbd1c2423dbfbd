import type { IncomingMessage } from "node:http";

/** The longest body of a request, in bytes. */
export const BODY_AT_MOST = 100_000;
/** So much of a longer one is still read and dropped, so that its sender gets to read why it is refused. */
const DROPPED_AT_MOST = 2_000_000;
/** In so many pieces a body may come: each costs time and memory, however short it is. */
export const PIECES_AT_MOST = 2_000;

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
 * is longer than `atMost` bytes, or comes in too many pieces: then nothing more is read.
 */
export function readBody(request: IncomingMessage, atMost = BODY_AT_MOST): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0); // what has come, and room for more
    let length = 0;
    let pieces = 0;
    const drop = () => reject(new BadRequest(413, `The body has more than ${atMost} bytes.`));
    if (Number(request.headers["content-length"] ?? 0) > atMost) drop();
    request.on("data", (piece: Buffer) => {
      const start = length;
      length += piece.length;
      if (length > atMost) drop();
      else if (start === 0) bytes = piece;
      else {
        if (length > bytes.length) bytes = withRoom(bytes, Math.min(atMost, 2 * length));
        piece.copy(bytes, start);
      }
      if (length > DROPPED_AT_MOST) request.destroy();
      if (++pieces <= PIECES_AT_MOST) return;
      request.pause();
      reject(new BadRequest(413, `The body comes in more than ${PIECES_AT_MOST} pieces.`));
    });
    request.on("end", () => {
      try {
        resolve(UTF_8.decode(bytes.subarray(0, length)));
      } catch {
        reject(new BadRequest(400, "The body is not UTF-8."));
      }
    });
    const breakOff = () => reject(new BadRequest(400, "The body is not complete."));
    request.on("close", breakOff).on("error", breakOff); // without effect after the end
  });
}

/** A longer copy of these bytes. */
function withRoom(bytes: Buffer, length: number): Buffer {
  const longer = Buffer.allocUnsafe(length);
  bytes.copy(longer);
  return longer;
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

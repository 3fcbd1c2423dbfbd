import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { acceptedCoding, type Coding } from "./accepted";

/** Answers of fewer bytes are sent as they are: compressed, they would hardly take fewer packets. */
const COMPRESSED_FROM = 1_024;
/**
 * So many answers are compressed at once, each on a thread of its own; further ones are sent as they are. Node has four
 * such threads by default, and the signatures of tokens are checked on them too.
 */
export const COMPRESSIONS_AT_ONCE = 2;

const COMPRESSORS: Record<Coding, (body: Buffer) => Promise<Buffer>> = {
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 4, // up to which brotli is about as fast as gzip
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body) => promisify(gzip)(body),
};

let inProgress = 0;

/**
 * The bytes of an answer with this body, compressed where the client accepts it and it saves something; the headers say
 * so. An answer whose `cache-control` says `no-transform` is sent as it is, and proxies leave it so.
 */
export async function compress(response: ServerResponse, text: string): Promise<Buffer> {
  const body = Buffer.from(text);
  if (body.length < COMPRESSED_FROM || isFixed(response)) return body;
  response.appendHeader("vary", "accept-encoding");
  const coding = acceptedCoding(response.req.headers["accept-encoding"]);
  if (coding === null || inProgress >= COMPRESSIONS_AT_ONCE) return body;
  inProgress++;
  try {
    const compressed = await COMPRESSORS[coding](body);
    response.setHeader("content-encoding", coding);
    return compressed;
  } finally {
    inProgress--;
  }
}

function isFixed(response: ServerResponse): boolean {
  return /\bno-transform\b/.test(String(response.getHeader("cache-control")));
}

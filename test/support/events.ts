import type { Actor } from "../../src/auth/actor";
import { authorization } from "./http";
import { until } from "./waiting";

/** An event as a client reads it. */
export interface Received {
  id: string;
  event: string;
  data: { id: string; entitlementId: string; entityType: string; [field: string]: unknown };
}

/** A stream of events as a client sees it. */
export interface Stream {
  status: number;
  headers: Headers;
  /** The body of a refusal. */
  text: string;
  /** The changes that have come until now. */
  changes: Received[];
  /** The id from which the stream tells of changes. */
  start: string;
  /** Comments that have come until now. */
  comments: string[];
  /** Whether the server has ended it. */
  ended: boolean;
  /** Waits until so many changes have come, and returns them. */
  come: (count: number) => Promise<Received[]>;
  leave: () => void;
}

/** Opens a stream of events; resolves when it is open or refused. */
export async function listen(
  url: string,
  actor: Actor | null,
  { query = "", headers = {} }: { query?: string; headers?: Record<string, string> } = {},
): Promise<Stream> {
  const leaving = new AbortController();
  const response = await fetch(`${url}/events${query}`, {
    headers: { ...(actor && { authorization: await authorization(actor) }), ...headers },
    signal: leaving.signal,
  });
  const stream: Stream = {
    status: response.status,
    headers: response.headers,
    text: "",
    changes: [],
    start: "",
    comments: [],
    ended: false,
    async come(count) {
      await until(() => stream.changes.length >= count, 15_000);
      return stream.changes;
    },
    leave: () => leaving.abort(),
  };
  if (response.status !== 200) return Object.assign(stream, { text: await response.text() });
  void read(response, stream).catch(() => undefined);
  await until(() => stream.start !== "");
  return stream;
}

async function read(response: Response, stream: Stream): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n\n");
    rest = parts.pop()!;
    for (const part of parts) take(part, stream);
  }
  stream.ended = true;
}

function take(part: string, stream: Stream): void {
  if (part.startsWith(":")) stream.comments.push(part);
  const fields = Object.fromEntries(
    part.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const { id, event, data } = fields;
  if (event === "open") stream.start = id!;
  if (event === "change")
    stream.changes.push({ id: id!, event, data: JSON.parse(data!) as Received["data"] });
}

import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** How long an idle stream stays silent: proxies take one for dead that says nothing for longer. */
const HEARTBEAT_MS = 15_000;
/** When a client whose stream has ended should come again. */
const RETRY_MS = 2_000;
/** So many bytes may wait for a client that reads slowly. One that is further behind comes again, from where it was. */
const BEHIND_AT_MOST = 1_000_000;

/** A stream of server-sent events to one client. */
export class EventStream {
  private readonly ended = new AbortController();
  private readonly heartbeat = setInterval(() => this.write(": still here\n\n"), HEARTBEAT_MS);
  /** Aborted when the stream has ended, from whichever side. */
  readonly left = this.ended.signal;

  constructor(private readonly response: ServerResponse) {
    response.once("close", () => this.end());
    response.setHeader("content-type", "text/event-stream; charset=utf-8");
    response.setHeader("cache-control", "no-store, no-transform");
    response.setHeader("x-accel-buffering", "no"); // nginx would keep events back
    response.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Sends an event; its id is where the client goes on when it comes again. `json` has no line breaks. */
  send(event: string, id: string, json: string): void {
    this.write(`id: ${id}\nevent: ${event}\ndata: ${json}\n\n`);
  }

  /** Resolves when what was sent has gone out, or the stream has ended. */
  readonly ready = async (): Promise<void> => {
    if (this.response.writableNeedDrain && !this.left.aborted)
      await once(this.response, "drain", { signal: this.left }).catch(() => undefined);
  };

  /** Ends the stream; what was sent before still goes out. */
  end(): void {
    if (this.left.aborted) return;
    clearInterval(this.heartbeat);
    this.ended.abort();
    this.response.end();
  }

  private write(text: string): void {
    if (this.left.aborted) return;
    this.response.write(text);
    if (this.response.writableLength > BEHIND_AT_MOST) this.response.destroy();
  }
}

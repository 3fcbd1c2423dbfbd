import { ask } from "./ask";

/** What a follower of the stream is told. */
export interface Follower {
  /** The stream is open. What has changed before it was open for the first time is not told. */
  opened: (isFirst: boolean) => void;
  /** An object of a type has changed, among those that were chosen. */
  changed: (entityType: string) => void;
  /** The stream is open no longer, or could not be opened: changes have to be looked for. */
  lost: () => void;
  /** The server no longer knows the reader. */
  signedOut: () => void;
}

/** After so long it is tried again, and after twice as long each time that it fails. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
/** An open stream says something every 15 seconds; one that says nothing for so long is dead. */
const SILENT_MS = 40_000;
const UNAUTHENTICATED = 401;
/** The last event that was told is not one that the server knows: its database has been restored. */
const BAD_REQUEST = 400;
/** The server has no stream, or none for this reader. */
const NEVER = new Set([403, 404, 405]);

/**
 * Follows the changes that a choice such as `?username=ada` names, until the returned function is called. The stream is
 * closed while nobody looks at the page, and goes on where it was. A page reads it by itself, because the EventSource of
 * browsers cannot send a token.
 */
export function follow(choice: string, follower: Follower): () => void {
  const leaving = new AbortController();
  void stay(choice, follower, leaving.signal);
  return () => leaving.abort();
}

async function stay(choice: string, follower: Follower, left: AbortSignal): Promise<void> {
  let last: string | null = null;
  let failures = 0;
  while (!left.aborted) {
    await untilVisible(left);
    const attempt = new Attempt(left);
    try {
      const response = await ask(`events${choice}`, attempt.signal, last ? { "last-event-id": last } : {});
      const { status } = response;
      if (status === UNAUTHENTICATED) follower.signedOut();
      if (status === UNAUTHENTICATED || NEVER.has(status)) return;
      if (status === BAD_REQUEST) last = null;
      for await (const { id, event, data } of response.ok ? eventsOf(response, attempt) : []) {
        if (event === "open") follower.opened(last === null);
        if (event === "change") follower.changed((JSON.parse(data) as { entityType: string }).entityType);
        last = id;
        failures = 0;
      }
    } catch {
      // It was cut, or never opened. The loop goes on in any case.
    } finally {
      attempt.end();
      if (!left.aborted) follower.lost();
    }
    if (isVisible()) await pause(Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS), left);
  }
}

/** One attempt to follow: it ends when the follower leaves, when nobody looks, and when the stream is silent. */
class Attempt {
  private readonly ending = new AbortController();
  readonly signal = this.ending.signal;
  private silence = setTimeout(() => this.end(), SILENT_MS);
  private readonly onHide = () => isVisible() || this.end();
  readonly end = (): void => {
    clearTimeout(this.silence);
    document.removeEventListener("visibilitychange", this.onHide);
    this.left.removeEventListener("abort", this.end);
    this.ending.abort();
  };

  constructor(private readonly left: AbortSignal) {
    document.addEventListener("visibilitychange", this.onHide);
    left.addEventListener("abort", this.end);
    if (left.aborted) this.end();
  }

  /** The stream has said something. */
  heard(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.end(), SILENT_MS);
  }
}

/** The events of a stream; a comment is none. */
async function* eventsOf(response: Response, attempt: Attempt) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    attempt.heard();
    const blocks = (rest + part.value).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      if (fields["event"]) yield fields as { id: string; event: string; data: string };
    }
  }
}

const isVisible = () => document.visibilityState === "visible";

/** Resolves when the page is looked at, or the signal is aborted. */
function untilVisible(left: AbortSignal): Promise<void> {
  if (isVisible() || left.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      if (!isVisible() && !left.aborted) return;
      document.removeEventListener("visibilitychange", done);
      left.removeEventListener("abort", done);
      resolve();
    };
    document.addEventListener("visibilitychange", done);
    left.addEventListener("abort", done);
  });
}

/** Waits for from half of a time to all of it, so that not all pages come at once, or until the signal is aborted. */
function pause(ms: number, left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms * (0.5 + Math.random() / 2));
    left.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { asFailure } from "../../as-failure";
import { CircuitBreaker } from "../../circuit-breaker";
import {
  HttpFailure,
  httpClient,
  type Authorization,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
} from "../../http-client";
import { TokenBucket } from "../../token-bucket";

/** The most that an answer of the LMS or of course-discovery may have, in bytes. */
export const OPEN_EDX_ANSWER_BYTES_AT_MOST = 5_000_000;

const RETRIES_AT_MOST = 2;
/** The longest pause that a system can ask for, in milliseconds. */
const PAUSE_AT_MOST_MS = 60_000;

/** One system of an Open edX installation, and how it is called. */
export interface SystemOptions {
  /** The name of the system in metrics. */
  to: "lms" | "discovery";
  /** The address to which paths are added. */
  baseUrl: string;
  authorization: Authorization;
  /** How long a call may take with all its requests, in milliseconds. */
  deadlineMs: number;
  /** How many requests may be sent within a minute. */
  callsPerMinute: number;
  /** The clock of pauses. */
  clock: () => Date;
}

/** A request to a path of the system. */
export type SystemRequest = Omit<HttpRequest, "url"> & {
  /** What follows the address of the system, from the first slash on. */
  path: string;
};

/** Calls one system of an installation: not too often, and not at all for a while when it does not answer. */
export class OpenEdxSystem {
  private readonly send: HttpClient;
  private readonly breaker: CircuitBreaker;
  private readonly bucket: TokenBucket;

  constructor(private readonly options: SystemOptions) {
    const { to, authorization, deadlineMs, callsPerMinute, clock } = options;
    this.send = httpClient({ to, deadlineMs, authorization, bytesAtMost: OPEN_EDX_ANSWER_BYTES_AT_MOST });
    this.breaker = new CircuitBreaker(2 * deadlineMs, clock);
    this.bucket = new TokenBucket(callsPerMinute);
  }

  /** Whether no calls are made just now. */
  get isPaused(): boolean {
    return this.breaker.isPaused || this.bucket.isEmpty;
  }

  /** Whether work that can wait should: no calls are made, or more than half of those that may be made have been. */
  get isBusy(): boolean {
    return this.breaker.isPaused || this.bucket.isHalfEmpty;
  }

  /** When a call that begins now must have ended, by `performance.now()`. */
  callEnd(): number {
    return performance.now() + this.options.deadlineMs;
  }

  /**
   * Sends a request, a GET up to three times, and makes something of the answer: `read` throws HttpFailure when it makes
   * no sense. Rejects with HttpFailure.
   */
  async ask<T>(request: SystemRequest, read: (answer: HttpAnswer) => T): Promise<T> {
    if (this.breaker.isPaused) throw new HttpFailure("PAUSED", false);
    const outcome = await this.breaker.watch(
      () => this.answer(request).then(read).catch(asFailure),
      (known) => known instanceof HttpFailure && isOutage(known),
    );
    if (outcome instanceof HttpFailure) throw outcome;
    return outcome;
  }

  /** Gets JSON of a form; `absent` tells the answers, other than 200, that mean that there is nothing. */
  get<T>(
    path: string,
    form: z.ZodType<T>,
    absent: (answer: HttpAnswer) => boolean = () => false,
  ): Promise<T | null> {
    return this.ask({ path }, (answer) => (absent(answer) ? null : parsed(answer, form)));
  }

  private async answer({ path, ...request }: SystemRequest): Promise<HttpAnswer> {
    const endsAt = request.endsAt ?? this.callEnd();
    for (let tried = 0; ; tried++) {
      await this.bucket.take(endsAt);
      const outcome = await this.send({ ...request, url: this.options.baseUrl + path, endsAt }).catch(
        asFailure,
      );
      const waitMs = this.pauseAfter(outcome, tried);
      const isLast = tried === RETRIES_AT_MOST || performance.now() + waitMs >= endsAt;
      if (request.method !== "POST" && isPassing(outcome) && !isLast) {
        await sleep(waitMs);
        continue;
      }
      if (outcome instanceof HttpFailure) throw outcome;
      // Nobody else need ask before the time that the system has named.
      if (isPassing(outcome) && outcome.retryAfterMs)
        this.breaker.pause(Math.min(outcome.retryAfterMs, PAUSE_AT_MOST_MS));
      return outcome;
    }
  }

  /** A 25th of the deadline and then twice as long, spread by a half; but not less than the system asks for. */
  private pauseAfter(outcome: HttpAnswer | HttpFailure, tried: number): number {
    const pauseMs = (this.options.deadlineMs / 25) * 2 ** tried * (0.5 + Math.random());
    return Math.max(pauseMs, (outcome instanceof HttpFailure ? 0 : outcome.retryAfterMs) ?? 0);
  }
}

/** What an answer holds. Throws HttpFailure when its status is not 200, or when its body does not have the form. */
export function parsed<T>({ status, text }: HttpAnswer, form: z.ZodType<T>): T {
  // Nobody has looked at a request that came too often, or without rights, or to a server that is closed.
  if (status !== 200) throw new HttpFailure(`HTTP_${status}`, ![401, 404, 405, 429, 503].includes(status));
  try {
    return form.parse(text === "" ? null : JSON.parse(text));
  } catch {
    throw new HttpFailure("NONSENSE", true); // the answer may hold personal data, and is not repeated
  }
}

/** Whether the same request may soon be answered. */
function isPassing(outcome: HttpAnswer | HttpFailure): boolean {
  if (!(outcome instanceof HttpFailure)) return [429, 500, 502, 503, 504].includes(outcome.status);
  return !["TOO_LARGE", "PAUSED"].includes(outcome.word) && !outcome.word.startsWith("NO_TOKEN");
}

/** Whether a failure says that the system does not work, rather than that one request was wrong. */
function isOutage({ word }: HttpFailure): boolean {
  return !/^(PAUSED|STATUS_UNKNOWN|HTTP_(?!429)4\d\d)$/.test(word);
}

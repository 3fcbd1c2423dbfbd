import type { Logger } from "pino";
import { z } from "zod";
import { httpClient, wordOf } from "../gateways/http-client";
import { DEVELOPMENT_KEY_ID } from "./development-key";
import { signingKeys, type Keys, type KeySource } from "./keys";

/** A token cannot be verified because the LMS has not sent its keys. The caller may try again. */
export class KeysUnavailable extends Error {
  constructor() {
    super("Tokens cannot be checked for a moment. Please try again.");
  }
}

/**
 * The age at which keys are fetched again before they are used; shortly before it, they are fetched in the background.
 */
const FRESH_MS = 10 * 60_000;
const REFRESH_AHEAD_MS = 60_000;
/** The pause between two attempts, in milliseconds; it is shorter while there are no keys at all. */
const PAUSE_MS = 30_000;
const PAUSE_WITHOUT_KEYS_MS = 1_000;

/** How long the LMS may take to send its keys, in milliseconds. */
const DEADLINE_MS = 3_000;

/** What tests change: how long the LMS may take, in milliseconds, and a clock of milliseconds that never goes back. */
export interface Patience {
  deadlineMs?: number;
  /** A clock in milliseconds that never goes back. */
  clock?: () => number;
}

/**
 * The keys that the LMS publishes as a JWK set. The first attempt starts at once; none is waited for soon after one
 * that failed, so that an LMS that hangs holds nobody up. While it is away the known keys stay trusted, however old.
 */
export function fetchedKeys(
  url: string,
  log: Logger,
  { deadlineMs = DEADLINE_MS, clock = () => performance.now() }: Patience = {},
): KeySource {
  const download = keysAt(url, deadlineMs);
  let keys: Keys | undefined;
  let fetchedAt = 0;
  let triedAt = -Infinity;
  let failedAt = -Infinity; // -Infinity once a later fetch has succeeded
  let attempt: Promise<void> | undefined;

  const isAway = () => clock() - failedAt < FRESH_MS;

  async function fetchKeys(): Promise<void> {
    triedAt = clock();
    try {
      const found = await download();
      fetchedAt = triedAt;
      failedAt = -Infinity;
      if (keys && areEqual(keys, found)) return;
      keys = found;
      log.info({ kids: keys.map(({ kid }) => kid ?? null) }, "the keys that sign tokens have changed");
    } catch (error) {
      failedAt = clock();
      const ageS = keys && Math.round((clock() - fetchedAt) / 1000);
      if (keys)
        log.warn(
          { cause: wordOf(error), ageS },
          "the LMS did not send its keys; the known keys stay trusted",
        );
      else log.error({ cause: wordOf(error) }, "the LMS did not send its keys; no token can be verified");
    }
  }

  /** Fetches the keys, unless that was done just now. */
  function refresh(): Promise<void> | undefined {
    if (clock() - triedAt >= (keys ? PAUSE_MS : PAUSE_WITHOUT_KEYS_MS))
      attempt ??= fetchKeys().finally(() => (attempt = undefined));
    return isAway() ? undefined : attempt;
  }

  void refresh();
  return {
    async current() {
      const age = clock() - fetchedAt;
      if (keys && age < FRESH_MS - REFRESH_AHEAD_MS) return keys;
      const asked = refresh();
      if (!keys || age >= FRESH_MS) await asked;
      if (!keys) throw new KeysUnavailable();
      return keys;
    },
    async renewed() {
      await refresh();
      if (!keys || isAway()) throw new KeysUnavailable();
      return keys;
    },
  };
}

/** Downloads the keys once, each time that it is called. Rejects with an error whose cause `wordOf` tells. */
export function keysAt(url: string, deadlineMs = DEADLINE_MS): () => Promise<Keys> {
  const send = httpClient({ to: "keys", deadlineMs });
  return async () => {
    const { status, text } = await send({
      url,
      headers: { accept: "application/json, application/jwk-set+json" },
    });
    if (status !== 200) throw fault(`HTTP ${status}`);
    return trusted(text);
  };
}

/** An answer without any key is ignored: it is more likely a mistake than the intention to reject every token. */
function trusted(text: string): Keys {
  const set = z.object({ keys: z.array(z.unknown()) }).parse(JSON.parse(text));
  const keys = signingKeys(set).filter(({ kid }) => kid !== DEVELOPMENT_KEY_ID);
  if (keys.length === 0) throw fault("no RSA key for signatures");
  return keys;
}

function areEqual(some: Keys, others: Keys): boolean {
  return (
    some.length === others.length &&
    some.every(({ kid, alg, public: key }, index) => {
      const other = others[index]!;
      return kid === other.kid && alg === other.alg && key.equals(other.public);
    })
  );
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}

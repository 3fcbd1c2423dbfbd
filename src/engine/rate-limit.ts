import type { App } from "../app";
import type { Actor } from "../auth/actor";
import { Rate } from "../auth/rate";
import { LIMIT_EXCEEDED, RATE_LIMITED } from "./error-codes";

/** Why commands may not run now, or may never run together. */
export interface RateRefusal {
  code: typeof RATE_LIMITED | typeof LIMIT_EXCEEDED;
  message: string;
  /** When the same commands may be given again; undefined when they are too many for one request. */
  retryAfterSeconds?: number;
}

/**
 * Counts the commands that an actor gives in one request; or refuses them all and counts none. It knows nothing of
 * GraphQL, so that all interfaces of a server can share one limiter. Requests without an actor are not counted, because
 * they may change nothing.
 */
export type RateLimiter = (commands: number, actor: Actor | null) => RateRefusal | null;

/** Makes a limiter that counts every command it lets run, whatever its outcome. */
export function rateLimiter({ clock, config }: Pick<App, "clock" | "config">): RateLimiter {
  const most = config.mutationsPerMinute;
  const rate = new Rate({ what: "mutations", span: "a minute", spanMs: 60_000, learner: most, agent: most });
  return (commands, actor) => {
    if (!actor) return null;
    if (commands > rate.mostOf(actor)) {
      const message = `The operation asks for ${commands} mutations; at most ${most} are allowed.`;
      return { code: LIMIT_EXCEEDED, message };
    }
    const limited = rate.take(actor, commands, clock());
    if (!limited) return null;
    const { message, retryAfterSeconds } = limited;
    return { code: RATE_LIMITED, message, retryAfterSeconds };
  };
}

import type { App } from "../app";
import type { Actor } from "../auth/actor";

/** What every resolver is given. */
export interface Context {
  app: App;
  /** Null when nobody has said who they are. */
  actor: Actor | null;
  /** One instant per request, so that all its answers agree. */
  now: Date;
  /** In the log, in the history and in errors. */
  requestId: string;
}

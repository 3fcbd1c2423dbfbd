import { limitKeyOf, type Actor } from "../../auth/actor";
import { BadRequest } from "../body";
import { Overloaded } from "../in-flight";

/** So many streams of events a process keeps open, and so many of them for one actor. */
export const STREAMS_AT_MOST = { inAll: 500, perActor: 5 };

/** Counts the streams that are open or still read, so that they stay few. */
export class Streams {
  /** How many are open. */
  open = 0;
  private readonly byActor = new Map<string, number>();

  /** Counts a stream, and returns what counts it no longer. Throws where there are too many. */
  take(actor: Actor): () => void {
    const key = limitKeyOf(actor);
    const own = this.byActor.get(key) ?? 0;
    if (own >= STREAMS_AT_MOST.perActor)
      throw new BadRequest(429, `At most ${own} streams of events may be open at once.`, "RATE_LIMITED");
    if (this.open >= STREAMS_AT_MOST.inAll) throw new Overloaded();
    this.open++;
    this.byActor.set(key, own + 1);
    return () => {
      this.open--;
      const left = this.byActor.get(key)! - 1;
      if (left > 0) this.byActor.set(key, left);
      else this.byActor.delete(key);
    };
  }
}

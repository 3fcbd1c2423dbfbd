import { HttpFailure } from "./http-client";

/** A failure of a call as a value. Throws every other error on. */
export function asFailure(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  throw error;
}

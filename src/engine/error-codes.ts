/** The codes of errors that are used in more than one file; clients read them in `extensions.code`. */
export const BAD_USER_INPUT = "BAD_USER_INPUT";
/** A fault of the server; its details are in the log only. */
export const INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR";
/** The request is larger than any request may be. */
export const LIMIT_EXCEEDED = "LIMIT_EXCEEDED";
/** The actor must wait; `retryAfterSeconds` beside the code says how long. */
export const RATE_LIMITED = "RATE_LIMITED";
/** The database, the keys of the LMS or the server itself cannot serve the request now. */
export const SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE";

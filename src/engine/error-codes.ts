/** Codes that are given in more than one place. */
export const BAD_USER_INPUT = "BAD_USER_INPUT";
export const INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR";
export const SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE";

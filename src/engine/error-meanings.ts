/** What each `extensions.code` of an error means, by its HTTP status. A test holds the list against the code. */
export const ERROR_MEANINGS: Readonly<Record<string, { status: string; meaning: string }>> = {
  BAD_USER_INPUT: {
    status: "400",
    meaning: "An argument is malformed. `argument` names it and the message says the rule, never the value.",
  },
  LIMIT_EXCEEDED: {
    status: "400",
    meaning:
      "The operation asks for more than one operation may. Nothing was executed, unless the message says that the answer is too long.",
  },
  GRAPHQL_PARSE_FAILED: { status: "400", meaning: "The document is not GraphQL." },
  GRAPHQL_VALIDATION_FAILED: { status: "400", meaning: "The document does not fit the schema." },
  OPERATION_RESOLUTION_FAILURE: {
    status: "400",
    meaning: "The document has no operation of the given name, or has several and no name was given.",
  },
  UNTRUSTED_DOCUMENT: {
    status: "400",
    meaning: "The document is not one of those in the file of `TRUSTED_DOCUMENTS`.",
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: "200",
    meaning:
      "The request names its document by a hash, which is only understood with `TRUSTED_DOCUMENTS`. Send the document itself.",
  },
  BAD_REQUEST: {
    status: "400, 405, 413, 415 or 431",
    meaning: "The request is not GraphQL over HTTP: its method, size, headers, content type or JSON.",
  },
  NOT_SETTLED: {
    status: "200",
    meaning:
      "What was so at the instant of `asOf` cannot be told yet, because changes of it may still be committed. `settledUntil` is the latest instant that can be asked for now. Try again.",
  },
  FIELD_HAS_NO_PAST: {
    status: "200",
    meaning:
      "The field that `field` and `path` name cannot be told as of the instant: it has no past, or it depends on an enrollment that was recorded only later. Ask for it without `asOf`, or leave it out.",
  },
  NOT_SEALED: {
    status: "200",
    meaning:
      "The change has no proof yet. `sealedUntil` is the instant up to which changes are sealed, or null where none are: try again in a second, unless the installation seals nothing.",
  },
  UNAUTHENTICATED: {
    status: "401",
    meaning:
      "There is no token where one is needed, or the token is not accepted. The answer never says why.",
  },
  FORBIDDEN: { status: "403", meaning: "The caller may not ask for the field that the message names." },
  NOT_FOUND: { status: "404", meaning: "The server has nothing at this path." },
  RATE_LIMITED: {
    status: "429 or 200",
    meaning:
      "The caller has sent too many mutations or large queries, asked for too many refunds, or has too many requests in work at once. Nothing was done; `retryAfterSeconds` or the header `Retry-After` says how long to wait. The status is 200 where another mutation of the request was carried out.",
  },
  INTERNAL_SERVER_ERROR: {
    status: "200 or 500",
    meaning: "A fault of the server. `requestId` finds the details in the log.",
  },
  SERVICE_UNAVAILABLE: {
    status: "503, or 200 after a mutation",
    meaning:
      "PostgreSQL cannot be reached, a statement has taken longer than `statement_timeout` or was cancelled, the LMS does not answer and a learner is not known without it, the keys of the LMS are not known yet, or the server has too much to do. Try again after `Retry-After`; where the message says that the answer has taken too long, ask for less.",
  },
};

/**
 * Whether the header If-None-Match of a request names a tag (RFC 9110, 13.1.2), in a time that is linear in its length:
 * who asks for a file needs no token and waits for no turn.
 */
export function isKnownTag(header: string | undefined, etag: string): boolean {
  return (header ?? "").split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

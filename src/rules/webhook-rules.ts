/** So many webhooks there can be: each reads all changes. */
export const WEBHOOKS_AT_MOST = 20;
/** So many changes wait at most for a webhook among its deliveries; the others wait in history. */
export const UNDELIVERED_AT_MOST = 1_000;
/** So many deliveries of a webhook are attempted at once, so that a slow receiver leaves room for others. */
export const PENDING_AT_MOST = 50;

/** The ports of other protocols, to which no client for HTTP sends a request (the Fetch standard). */
const BLOCKED_PORTS = new Set(
  [
    [1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95],
    [101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427],
    [465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993],
    [995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566],
    [6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
  ].flat(),
);

/** Why no request is sent to a URL of the web as it stands, as the end of a sentence that begins with it. */
export function addressFault(url: string): string | null {
  const { username, password, port, hash } = new URL(url);
  if (username !== "" || password !== "") return "holds a user name or a password";
  if (BLOCKED_PORTS.has(Number(port))) return "has the port of another protocol, to which nothing is sent";
  return hash === "" ? null : "holds a fragment, which is never sent";
}

/** Why an address cannot be that of a webhook, as the end of a sentence that begins with it. */
export function urlFault(url: string, arePrivateAllowed: boolean): string | null {
  if (url.length > 2_000) return "has more than 2000 characters";
  if (!URL.canParse(url)) return "is not a URL";
  const { protocol } = new URL(url);
  if (protocol !== "https:" && !(protocol === "http:" && arePrivateAllowed))
    return "does not begin with https://";
  return addressFault(url);
}

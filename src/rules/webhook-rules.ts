/** So many webhooks there can be: each reads all changes. */
export const WEBHOOKS_AT_MOST = 20;
/** So many changes wait at most for a webhook among its deliveries; the others wait in history. */
export const UNDELIVERED_AT_MOST = 1_000;
/** So many deliveries of a webhook are attempted at once, so that a slow receiver leaves room for others. */
export const PENDING_AT_MOST = 50;

/** Why an address cannot be that of a webhook, as the end of a sentence that begins with it. */
export function urlFault(url: string, arePrivateAllowed: boolean): string | null {
  if (url.length > 2_000) return "has more than 2000 characters";
  if (!URL.canParse(url)) return "is not a URL";
  const { protocol, username, password, hash } = new URL(url);
  if (protocol !== "https:" && !(protocol === "http:" && arePrivateAllowed))
    return "does not begin with https://";
  if (username !== "" || password !== "") return "holds a user name or a password";
  return hash === "" ? null : "holds a fragment, which is never sent";
}

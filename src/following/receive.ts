import type { App } from "../app";
import { isSecret } from "../auth/request-token";
import { noteEvents, type Noted } from "../use-cases/lms/following/note-events";
import { count } from "./counts";
import { cloudEventIn, openEdxWebhookIn } from "./messages";
import { signatureFault, type Signed } from "./signature";

/** A request that brings an event. */
export interface Delivery extends Signed {
  /** The secret as it is in the address; null where the request is signed instead. */
  pathSecret: string | null;
  /** What the body says as JSON. It is only asked for once the sender is known. */
  read: () => unknown;
}

/** Why a request is not taken for one of a sender who knows the secret. */
export type Untrusted = "SIGNATURE" | "TIME" | "PATH";

/**
 * Notes the event of a request whose sender knows the secret: a CloudEvent that is signed, or an event of the package
 * openedx-webhooks, which signs nothing, at an address that ends in the secret.
 */
export async function receive(app: App, secret: string, delivery: Delivery): Promise<Noted | Untrusted> {
  const { pathSecret, read } = delivery;
  const isSigned = pathSecret === null;
  const fault = isSigned
    ? signatureFault(secret, delivery, app.clock())
    : isSecret(pathSecret, secret)
      ? null
      : "PATH";
  if (fault) {
    count("webhook", "UNSIGNED");
    return fault;
  }
  const event = isSigned ? cloudEventIn(read()) : openEdxWebhookIn(read());
  const [noted] = event ? await noteEvents(app, [event]) : (["MALFORMED"] as const);
  count("webhook", noted!);
  return noted!;
}

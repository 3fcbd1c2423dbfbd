import type { Config } from "../../config";
import { HttpFailure, httpClient, type Authorization } from "../../gateways/http-client";
import { finding, type Finding } from "./finding";

const WHAT = "the shop that refunds";

/** Asks the shop whether it is there: never for a refund, which only a POST does. */
export async function shopFinding(
  { refund }: Config,
  authorization: Authorization | undefined,
): Promise<Finding> {
  const { shop, deadlineMs, coordinatorUrl, webhook, isHandled } = refund;
  const statusOf = async (url: string, credentials: { authorization?: Authorization }) =>
    (await httpClient({ to: "shop", deadlineMs, ...credentials })({ url })).status;

  if (shop === "coordinator")
    return finding(
      WHAT,
      async () => {
        const status = await statusOf(
          `${coordinatorUrl}/lms/refund/`,
          authorization ? { authorization } : {},
        );
        // It looks at the rights of the caller first, and then at the method.
        if (status !== 405) throw new HttpFailure(`HTTP_${status}`, true);
        return "commerce-coordinator is there, and lets us in";
      },
      {
        HTTP_401: "it does not accept our token: see OAUTH_CLIENT_ID, and JWT_AUTH in commerce-coordinator",
        HTTP_403: "it does not let us in: make the account of the token staff in commerce-coordinator",
        HTTP_404: "set COORDINATOR_URL to the address of commerce-coordinator, without a path",
        other: "see COORDINATOR_URL",
      },
    );
  if (shop === "webhook")
    return finding(
      WHAT,
      async () => {
        const status = await statusOf(webhook.url, {});
        if (status >= 500) throw new HttpFailure(`HTTP_${status}`, true);
        return "a server is there; whether it knows REFUND_WEBHOOK_SECRET, only a refund can tell";
      },
      { other: "see REFUND_WEBHOOK_URL" },
    );
  const verdict = isHandled ? "ok" : "note";
  return { what: WHAT, verdict, found: `REFUND_SHOP is ${shop}, which is not asked` };
}

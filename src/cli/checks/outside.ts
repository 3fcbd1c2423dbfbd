import { keysAt } from "../../auth/fetched-keys";
import type { Config } from "../../config";
import { clientCredentials } from "../../gateways/client-credentials";
import { httpOpenEdx } from "../../gateways/open-edx/http/http-open-edx";
import { OpenEdxSystem } from "../../gateways/open-edx/http/system";
import { pluginHealth } from "../../gateways/open-edx/http/plugin";
import { discoveryFindings } from "./discovery";
import { eventBusFindings } from "./event-bus";
import { keeperFindings } from "./keepers";
import { finding, Wrong, type Finding } from "./finding";
import { lmsFindings } from "./lms";
import { shopFinding } from "./shop";
import { tokenFindings } from "./token";

const clock = () => new Date();

/** Asks each system that the settings name, one after another, and says what it found. Changes nothing anywhere. */
export async function* outsideFindings(config: Config): AsyncGenerator<Finding> {
  const { token, oauth, lms, refund } = config;
  if (token.jwkSetUrl)
    yield await finding(
      "the keys of the LMS",
      async () => `${(await keysAt(token.jwkSetUrl!)()).length} keys for signatures`,
      { other: "set JWT_JWK_SET_URL to where JWT_PUBLIC_SIGNING_JWK_SET of the LMS is published" },
    );
  const deadlineMs = lms?.deadlineMs ?? refund.deadlineMs;
  const authorization = oauth && clientCredentials({ ...oauth, deadlineMs });
  const known = authorization && (yield* tokenFindings(config, authorization));
  if (lms && known) {
    const systems = { ...lms, authorization: known.authorization, clock };
    const openEdx = httpOpenEdx(systems);
    yield* lmsFindings(openEdx, known.username);
    const discovery = new OpenEdxSystem({ ...systems, to: "discovery", baseUrl: lms.discoveryUrl });
    yield* discoveryFindings(openEdx, discovery);
    yield await ownerFinding(
      lms.entitlements,
      new OpenEdxSystem({ ...systems, to: "lms", baseUrl: lms.url }),
    );
  } else if (lms)
    yield {
      what: "the LMS and course-discovery",
      verdict: "wrong",
      found: "not asked, as there is no token",
    };
  yield* eventBusFindings(config);
  yield* keeperFindings(config);
  if (!oauth || known) yield await shopFinding(config, authorization);
}

/** Whether the LMS refunds entitlements of its own when an enrollment ends: the plug-in knows; otherwise only people do. */
async function ownerFinding(
  entitlements: "empty" | "plugin" | undefined,
  lms: OpenEdxSystem,
): Promise<Finding> {
  const what = "the entitlements of the LMS";
  if (entitlements === "plugin")
    return finding(
      what,
      async () => {
        const plugin = await pluginHealth(lms);
        if (!plugin)
          throw new Wrong(
            "LMS_ENTITLEMENTS is plugin, but the LMS has no such plug-in: install it, or set LMS_ENTITLEMENTS to empty if the LMS holds none",
          );
        if (!plugin.areRefundsOff)
          throw new Wrong(
            "the plug-in of the LMS has not turned off that the LMS refunds when an enrollment ends: see its version and its log",
          );
        return `the plug-in ${plugin.version} has turned off the refunds of the LMS`;
      },
      {
        HTTP_403: "the plug-in does not take the account of the token for staff",
        other: "see the plug-in of the LMS",
      },
    );
  if (entitlements)
    return {
      what,
      verdict: "ok",
      found: "LMS_ENTITLEMENTS declares that it holds none, which nobody can ask the LMS for",
    };
  return {
    what,
    verdict: "note",
    found:
      "if it holds any, it refunds them when we end an enrollment: set LMS_ENTITLEMENTS when you have made sure of that",
  };
}

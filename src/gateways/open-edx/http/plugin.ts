import { z } from "zod";
import type { OpenEdxSystem } from "./system";

/** Where our plug-in for the LMS answers. */
export const PLUGIN_API = "/api/course_entitlements/v1";

const health = z
  .object({ version: z.string(), refunds_are_off: z.boolean() })
  .transform(({ version, refunds_are_off: areRefundsOff }) => ({ version, areRefundsOff }));

/** What our plug-in for the LMS says of itself. */
export interface PluginHealth {
  /** The version of the plug-in. */
  version: string;
  /** Whether the LMS refunds nothing by itself. */
  areRefundsOff: boolean;
}

/** Asks our plug-in for the LMS how it is; null where there is none. Rejects with HttpFailure. */
export function pluginHealth(lms: OpenEdxSystem): Promise<PluginHealth | null> {
  return lms.get(`${PLUGIN_API}/health`, health, ({ status }) => status === 404);
}

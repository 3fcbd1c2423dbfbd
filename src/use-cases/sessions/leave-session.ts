import { learner } from "../../auth/who";
import { command } from "../command";
import { deciding, lookBeforeRegain } from "../lms/before-deciding";
import { leave } from "./release";

/**
 * Leaves the run and makes the entitlement available again; never refunds. An entitlement that is not redeemed does not
 * change.
 */
export const leaveSession = command("leaveSession", learner, leave, async (request, reference) => {
  const about = await deciding(request, reference);
  if (about) await lookBeforeRegain(request, about);
});

import { learner } from "../../auth/who";
import { command } from "../command";
import { leave } from "./enrollment";

/**
 * Leaves the run and makes the entitlement available again; never refunds. An entitlement that is not redeemed does not
 * change.
 */
export const leaveSession = command("leaveSession", learner, leave);

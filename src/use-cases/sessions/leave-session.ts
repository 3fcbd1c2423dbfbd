import { learner } from "../../auth/who";
import { command } from "../command";
import { leave } from "./enrollment";

/** Leaves the run and gets the entitlement back; never refunds. An unspent entitlement stays as it is. */
export const leaveSession = command("leaveSession", learner, leave);

import { CreateEntitlements1795305600000 } from "./1795305600000-create-entitlements";
import { CreateHistory1795306200000 } from "./1795306200000-create-history";

/** Every migration, oldest first. */
export const migrations = [CreateEntitlements1795305600000, CreateHistory1795306200000];

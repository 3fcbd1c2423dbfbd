import { CreateEntitlements1795305600000 } from "./1795305600000-create-entitlements";

/** Every migration, oldest first. */
export const migrations = [CreateEntitlements1795305600000];

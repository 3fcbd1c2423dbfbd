import type { DataSource } from "typeorm";
import { UserAccount } from "../../entities/accounts/user-account";
import { transact } from "../../store/transact";
import { systemCommand } from "../system-command";
import { forget, type Forgetting } from "./forget";

/**
 * Forgets a user for an operator: the account, if it is still there, loses its name and address, and history forgets
 * them. Returns of how many entries of history something was erased.
 */
export const eraseUser = systemCommand(
  "eraseUser",
  (sign, db: DataSource, forgetting: Forgetting, now: Date): Promise<number> =>
    transact(db, sign("CLI", null), async (tx) => {
      const { userId } = forgetting;
      const retired = { username: `retired__user_${userId}`, email: null, name: null, isActive: false };
      await tx.update(UserAccount, { id: userId }, retired);
      return forget(tx, forgetting, now);
    }),
);

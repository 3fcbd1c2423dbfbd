import type { DataSource } from "typeorm";
import { UserAccount } from "../../entities/accounts/user-account";
import { transact } from "../../store/transact";
import { systemCommand } from "../system-command";
import { forget, forgottenAccount, type Forgetting } from "./forget";

/**
 * Forgets a user for an operator: the account loses its name and address for good, whatever the LMS tells later, and history
 * forgets them. Returns of how many entries of history something was erased.
 */
export const eraseUser = systemCommand(
  "eraseUser",
  (sign, db: DataSource, forgetting: Forgetting, now: Date): Promise<number> =>
    transact(db, sign("CLI", null), async (tx) => {
      const { userId } = forgetting;
      const retired = forgottenAccount(`retired__user_${userId}`, now);
      const { affected } = await tx.update(UserAccount, { id: userId }, retired);
      const entries = await forget(tx, forgetting, now);
      // Otherwise the next answer of the LMS would bring the account back, with its name.
      if (affected === 0 && entries > 0) await tx.insert(UserAccount, { id: userId, ...retired });
      return entries;
    }),
);

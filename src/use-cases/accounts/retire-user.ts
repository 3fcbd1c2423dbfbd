import { Not } from "typeorm";
import { staffOrService } from "../../auth/who";
import { UserAccount } from "../../entities/accounts/user-account";
import { Refusal } from "../../refusal";
import { command } from "../command";
import { forget, forgottenAccount } from "./forget";

/** The account that the LMS has retired. */
export interface RetireUser {
  /** Its LMS user id, which stays. */
  userId: string;
  /** The username that it has in the LMS from now on. */
  retiredUsername: string;
}

/** What has become of the account, and of history. */
export interface Retirement {
  /** The account, under its new name. */
  user: { id: string; username: string };
  /** Of how many entries of history something was erased; 0 where the user was forgotten before. */
  entries: number;
}

/**
 * Forgets a user whose account the LMS has retired: the account gets its retired name and loses its address, and history
 * forgets the names and the words. Entitlements stay, as they are sales. The same command again changes nothing.
 */
export const retireUser = command(
  "retireUser",
  staffOrService,
  async (tx, { now }, { userId, retiredUsername }: RetireUser): Promise<Retirement> => {
    const account = await tx.findOne(UserAccount, {
      where: { id: userId },
      lock: { mode: "pessimistic_write" },
    });
    if (!account)
      throw new Refusal("USER_NOT_FOUND", "No account has this LMS user id.", { field: "userId" });
    if (await tx.existsBy(UserAccount, { username: retiredUsername, id: Not(userId) }))
      throw new Refusal("CONFLICT", "Another account has this username.", { field: "retiredUsername" });
    const retired = forgottenAccount(retiredUsername, account.forgottenAt ?? now);
    await tx.update(UserAccount, { id: userId }, retired);
    const entries = await forget(tx, { userId, comments: "The LMS has retired the account." }, now);
    return { user: { id: userId, username: retiredUsername }, entries };
  },
);

import type { App } from "../../app";
import type { LmsAccount } from "../../gateways/open-edx/account-gateway";
import { accountsDue, type DueAccount } from "../../reads/lms/due";
import { dueSince } from "../../rules/lms/freshness-rules";
import { recordAndFollow } from "../accounts/record-accounts";
import { systemCommand } from "../system-command";
import { succeeds } from "./looks";
import { inQuietSteps, type QuietPlace, type Sweeping } from "./quiet-steps";

/** How many usernames a call names. */
const ACCOUNTS = 50;

/**
 * Asks the LMS again for all accounts that are no longer fresh: their usernames may have changed, and they may have become
 * inactive. An account that the LMS does not know by its id is inactive. Returns where to go on, or null at the end.
 */
export const refreshAccounts = systemCommand(
  "refreshAccounts",
  async (_sign, app: App, sweeping: Sweeping): Promise<QuietPlace | null> => {
    if (app.openEdx.isEmbedded) return null;
    return inQuietSteps(app, sweeping, async (after) => {
      const due = await accountsDue(app.db, dueSince("account", app.clock()), after, ACCOUNTS);
      if (due.length === 0) return null;
      const told: LmsAccount[] = [];
      const asked = askFor(app, due, told).then(() => recordAndFollow(app, told));
      // Without an answer, the accounts of this step are left to the next sweep.
      return (await succeeds(app, asked)) ? told.at(-1)!.id : due.at(-1)!.id;
    });
  },
);

/**
 * Asks for accounts by their usernames, and for those that are not found so by their ids, at least for one, until the LMS
 * is busy. What it tells is added to `told`, in the same order.
 */
async function askFor({ openEdx }: App, due: readonly DueAccount[], told: LmsAccount[]): Promise<void> {
  const found = await openEdx.accounts.byUsernames(due.map(({ username }) => username));
  const byId = new Map(found.map((account) => [account.id, account]));
  for (const { id, username } of due) {
    if (told.length > 0 && !byId.has(id) && openEdx.isBusy) return;
    told.push(byId.get(id) ?? (await openEdx.accounts.byId(id)) ?? { id, username, isActive: false });
  }
}

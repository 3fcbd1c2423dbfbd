import { staff } from "../../auth/who";
import type { SupportAgentFacts } from "../../reads/accounts/support-agents";
import { Refusal } from "../../refusal";
import { act, commandInSteps } from "../command";
import { lockSupportAgent, saveSupportAgent, type ChangeSupportAgent } from "./support-agent";

/** Withdraws what `grantSupport` has granted to an account. */
export const withdrawSupport = commandInSteps(
  "withdrawSupport",
  staff,
  async (request, { username, comments }: ChangeSupportAgent): Promise<SupportAgentFacts> => {
    const { app, now } = request;
    const withdrawn = await act(request, async (tx) => {
      const { agent } = await lockSupportAgent(tx, username);
      if (!agent || agent.withdrawnAt !== null)
        throw new Refusal("SUPPORT_AGENT_NOT_FOUND", "This account is not in the list of support agents.", {
          field: "username",
        });
      return saveSupportAgent(tx, Object.assign(agent, { comments, withdrawnAt: now, modifiedAt: now }));
    });
    if (!request.rehearsal) app.supportAgents.note(withdrawn);
    return withdrawn;
  },
);

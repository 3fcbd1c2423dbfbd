import { staff } from "../../auth/who";
import { supportAgentsById, type SupportAgentFacts } from "../../reads/accounts/support-agents";
import { act, commandInSteps } from "../command";
import { knowLearners } from "../lms/known-learners";
import { lockSupportAgent, saveSupportAgent, type ChangeSupportAgent } from "./support-agent";

/**
 * Makes an account a support agent, whatever the roles of its tokens. An account that is already an agent does not
 * change.
 */
export const grantSupport = commandInSteps(
  "grantSupport",
  staff,
  async (request, { username, comments }: ChangeSupportAgent): Promise<SupportAgentFacts> => {
    const { app, now } = request;
    if (!request.rehearsal) await knowLearners(request, [{ username }]);
    const granted = await act(request, async (tx) => {
      const { userId, agent } = await lockSupportAgent(tx, username);
      if (agent?.withdrawnAt === null) return (await supportAgentsById(tx, [agent.id]))[0]!;
      const stamped = { comments, withdrawnAt: null, modifiedAt: now };
      return saveSupportAgent(tx, Object.assign(agent ?? { userId, createdAt: now }, stamped));
    });
    if (!request.rehearsal) app.supportAgents.note(granted);
    return granted;
  },
);

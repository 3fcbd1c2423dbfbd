import type { EntityManager } from "typeorm";
import { SupportAgent } from "../../entities/accounts/support-agent";
import { supportAgentsById, type SupportAgentFacts } from "../../reads/accounts/support-agents";
import { userNamed } from "../../reads/accounts/users";
import { Refusal } from "../../refusal";

/** The account, and the reason for the change. */
export interface ChangeSupportAgent {
  username: string;
  /** Why it becomes a support agent, or no longer is one. */
  comments: string;
}

/** The LMS user id of an account, and what is stored of it as a support agent, which is locked. */
export async function lockSupportAgent(
  tx: EntityManager,
  username: string,
): Promise<{ userId: string; agent: SupportAgent | null }> {
  const user = await userNamed(tx, username);
  if (!user) throw new Refusal("USER_NOT_FOUND", "No account has this username.", { field: "username" });
  const agent = await tx.findOne(SupportAgent, {
    where: { userId: user.id },
    lock: { mode: "pessimistic_write" },
  });
  return { userId: user.id, agent };
}

/** Writes a support agent and returns how it stands now. */
export async function saveSupportAgent(
  tx: EntityManager,
  agent: Partial<SupportAgent>,
): Promise<SupportAgentFacts> {
  const { id } = await tx.save(SupportAgent, agent);
  return (await supportAgentsById(tx, [id]))[0]!;
}

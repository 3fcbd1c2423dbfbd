import { setInterval } from "node:timers";
import { SUPPORT_AGENT_FIELDS, type SupportAgent } from "../../entities/accounts/support-agent";
import { byKey } from "../../store/by-key";
import { columnsOf, part, type Row } from "../../store/rows/fields";
import { sliceOf, toPage, type Page, type PageRequest } from "../../store/rows/page";
import { listOf, select, type Database } from "../../store/statement";

/** How long another server may still take a withdrawn agent for one, in milliseconds. */
const AGENTS_READ_EVERY_MS = 5_000;

/** A support agent with the name of the account. */
export interface SupportAgentFacts extends SupportAgent {
  /** Null in the past of an account that is gone. */
  username: string | null;
}

const SUPPORT_AGENT = part<SupportAgentFacts>({
  ...columnsOf(SUPPORT_AGENT_FIELDS, "a"),
  username: "u.username",
});

/** The columns of a support agent `a`: what precedes `where`. */
export function selectSupportAgents(source = "support_agent", columns = ""): string {
  return `select ${columns} ${SUPPORT_AGENT.list} from ${source} a left join user_account u on u.id = a.user_id`;
}

/** The support agent of a row of `selectSupportAgents`. */
export function toSupportAgent(row: Row): SupportAgentFacts {
  return SUPPORT_AGENT.of(row)!;
}

/** The support agents that are not withdrawn, the newest first. */
export async function findSupportAgents(db: Database, page: PageRequest): Promise<Page<SupportAgentFacts>> {
  const values: unknown[] = [page.size + 1];
  const sorting = { value: "a.created_at", id: "a.id", direction: "DESC" } as const;
  const { condition, order } = sliceOf(sorting, page, (value) => `$${values.push(value)}`);
  const rows = await select(
    db,
    `${selectSupportAgents()} where a.withdrawn_at is null and ${condition}
     order by ${order} limit $1`,
    values,
  );
  return toPage(rows.map(toSupportAgent), page);
}

/** Support agents by id, also withdrawn ones; null for those that do not exist. */
export async function supportAgentsById(
  db: Database,
  ids: readonly string[],
): Promise<(SupportAgentFacts | null)[]> {
  const rows = await select(db, `${selectSupportAgents()} where a.id = any(${listOf("$1", "uuid")})`, [ids]);
  return byKey(ids, rows.map(toSupportAgent), ({ id }) => id);
}

/** Who is asking, as a token says. */
interface Named {
  /** The LMS user id; null when the token does not carry it. */
  userId: string | null;
  username: string;
}

/**
 * The support agents that staff have named, remembered, so that no request has to ask for them: read every few seconds,
 * and the process that changes one notes it at once. While PostgreSQL is away, what was read last counts; nothing can be done
 * then anyway.
 */
export class SupportAgents {
  /** Their usernames by their LMS user ids. */
  private known = new Map<string, string>();
  private begun = 0;
  private done = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly db: Database) {}

  /** Whether the account is one of them: by its id, or by the username of a token without one. */
  has({ userId, username }: Named): boolean {
    return userId === null ? [...this.known.values()].includes(username) : this.known.has(userId);
  }

  /** Reads them now, which may fail, and then regularly, until it is stopped. */
  async start(): Promise<void> {
    await this.read();
    const again = () => void this.read().catch(() => undefined);
    this.timer = setInterval(again, AGENTS_READ_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Notes how an agent stands since a transaction that is committed. What is being read may be older and is dropped. */
  note({ userId, username, withdrawnAt }: SupportAgentFacts): void {
    this.done = ++this.begun;
    if (withdrawnAt === null && username !== null) this.known.set(userId, username);
    else this.known.delete(userId);
  }

  private async read(): Promise<void> {
    const turn = ++this.begun;
    const agents = await select<{ id: string; username: string }>(
      this.db,
      "select u.id, u.username from support_agent a join user_account u on u.id = a.user_id where a.withdrawn_at is null",
    );
    if (turn < this.done) return;
    this.done = turn;
    this.known = new Map(agents.map(({ id, username }) => [id, username]));
  }
}

import { z } from "zod";
import type { AccountGateway, LmsAccount } from "../account-gateway";
import type { OpenEdxSystem } from "./system";

const NAMES_AT_MOST = 50;

/** Staff are told much more of an account: none of it is kept. */
const accounts = z.array(
  z
    .object({ id: z.number().int(), username: z.string(), is_active: z.boolean() })
    .transform(({ id, username, is_active: isActive }) => ({ id: String(id), username, isActive })),
);

/** The accounts of an LMS, by its API of user accounts. */
export class HttpAccountGateway implements AccountGateway {
  constructor(private readonly lms: OpenEdxSystem) {}

  async byUsernames(usernames: readonly string[]): Promise<LmsAccount[]> {
    if (usernames.length > NAMES_AT_MOST) throw new RangeError("too many usernames for one call");
    // A comma would separate two names.
    const names = usernames.filter((name) => name && !name.includes(","));
    return names.length > 0 ? this.find({ username: names.join(",") }) : [];
  }

  async byId(id: string): Promise<LmsAccount | null> {
    const [account = null] = /^\d+$/.test(id) ? await this.find({ lms_user_id: id }) : [];
    return account;
  }

  private async find(query: Record<string, string>): Promise<LmsAccount[]> {
    const path = `/api/user/v1/accounts?${new URLSearchParams(query).toString()}`;
    return (await this.lms.get(path, accounts, ({ status }) => status === 404)) ?? [];
  }
}

import type { Query } from "../../query";
import type { LmsAccount } from "../account-gateway";
import type { OpenEdx } from "../open-edx";
import { EmbeddedCatalogGateway } from "./catalog";
import { EmbeddedEnrollmentGateway } from "./enrollments";

const ACCOUNTS = `select id, username, is_active as "isActive" from user_account`;

/** An installation that consists of our own tables, where no other system is configured. */
export function embeddedOpenEdx(query: Query, clock: () => Date): OpenEdx {
  return {
    isEmbedded: true,
    isBusy: false,
    enrollments: new EmbeddedEnrollmentGateway(query, clock),
    catalog: new EmbeddedCatalogGateway(query),
    accounts: {
      byUsernames: (usernames) => query<LmsAccount>(`${ACCOUNTS} where username = any($1)`, [usernames]),
      async byId(id) {
        const [account = null] = await query<LmsAccount>(`${ACCOUNTS} where id::text = $1`, [id]);
        return account;
      },
    },
    certificates: {
      async status({ username, courseRunKey }) {
        const [certificate] = await query<{ status: string }>(
          `select status from certificate c join user_account u on u.id = c.user_id
           where u.username = $1 and c.course_run_key = $2`,
          [username, courseRunKey],
        );
        return certificate?.status ?? null;
      },
    },
  };
}

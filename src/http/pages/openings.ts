import type { IncomingMessage } from "node:http";
import type { App } from "../../app";
import { developmentTokens, type DevelopmentToken } from "../../auth/development-key";

/** A tab of an explorer: a document, and whose token it is sent with. */
export interface Opening {
  /** The document that the tab opens with; the name of its operation is the title of the tab. */
  query: string;
  /** The value of the header Authorization. */
  authorization: string;
  /** Whose token that is; null when there is none. */
  username: string | null;
}

/** The header with a placeholder for a token. */
export const NO_TOKEN = "JWT <your token>";

/** A first document for each kind of user. */
const FIRST_QUERIES: Record<DevelopmentToken["part"], string> = {
  learner: `# Your entitlements, and what each is worth today.
query Learner {
  viewer {
    username
    entitlements(first: 20, scope: ALL) {
      totalCount
      edges {
        node {
          id
          mode
          state
          runSummary {
            title
            startsAt
          }
          daysUntilExpiration
          isRefundable
          refundBlocker
        }
      }
    }
  }
}
`,
  support: `# A learner's entitlements, and what support has done about each.
query Support {
  user(username: "ada") {
    username
    entitlements(first: 50, scope: ALL) {
      edges {
        node {
          id
          orderNumber
          state
          redeemBlocker
          regainBlocker
          refundBlocker
          supportDetails(first: 5) {
            edges {
              node {
                action
                comments
                createdAt
              }
            }
          }
        }
      }
    }
  }
}
`,
  staff: `# The latest changes, with their authors.
query Staff {
  history(first: 20) {
    edges {
      node {
        changedAt
        changedByLabel
        reason
        type
        entityType
        entityId
        changes {
          field
          from
          to
        }
      }
    }
  }
}
`,
  service: `# What a shop asks before it sells a course.
query Service {
  orderPreview(
    username: "bob"
    courseUuids: ["c0000000-0000-4000-8000-000000000003"]
    mode: "verified"
  ) {
    course {
      title
    }
    entitlements {
      id
      state
    }
    upgradeableRuns {
      key
    }
    warnings
  }
}
`,
};

/** The names by which this machine calls itself. A page of another site can have its own name lead here, but not these. */
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** What browsers call a request that no page of another site has made: ours has, or the user by the address bar. */
const OWN_SITES: ReadonlySet<unknown> = new Set([undefined, "same-origin", "none"]);

/**
 * Tokens are only told where no other site can read them: at a name of this machine, or at the configured one, and to pages
 * of our own, as any page can run what we send as a script of its own. To follow a link from there is no such reading.
 */
export function mayTellTokens({ headers }: IncomingMessage, { token, host: own }: App["config"]): boolean {
  const { host = "", "sec-fetch-site": site, "sec-fetch-mode": mode } = headers;
  const isOurPlace = LOCAL.test(host) || host.replace(/:\d*$/, "") === own;
  return token.isOurs && isOurPlace && (OWN_SITES.has(site) || mode === "navigate");
}

/** The tabs with the tokens of the demo world, one for each role. */
export async function openingsOf({ dataDir, token }: App["config"]): Promise<Opening[]> {
  const tokens = await developmentTokens(dataDir, token);
  return Object.entries(FIRST_QUERIES).map(([part, query]) => {
    const { username, token: signed } = tokens.find((each) => each.part === part)!;
    return { query, authorization: `JWT ${signed}`, username };
  });
}

/** The only tab where nobody can be given a token. */
export const WITHOUT_TOKEN: Opening = {
  query: FIRST_QUERIES.learner,
  authorization: NO_TOKEN,
  username: null,
};

import type { IncomingMessage } from "node:http";
import type { App } from "../../app";
import { developmentTokens } from "../../auth/development-key";
import { pathOf, sendNotFound, sendText } from "../respond";
import { readOnly, type Route } from "../route";
import { GRAPHIQL_CSP, graphiqlFile, type Opening } from "./graphiql";
import { sandboxPage } from "./sandbox";

const FIRST_QUERY = `# Your entitlements, and what each is worth today.
query Dashboard {
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
`;

/**
 * The routes of Apollo Sandbox at `/` and of GraphiQL at `/graphiql`. A browser that looks at `/graphql` sees Sandbox
 * too; all other requests there go to `graphql`. Both pages open with a query and, in development, a token for it.
 */
export function explorerRoutes(app: App, graphql: Route): Map<string, Route> {
  const sandbox: Route = async (_request, response) =>
    sendText(response, 200, "text/html; charset=utf-8", sandboxPage(await openingOf(app)));
  const graphiql: Route = async (request, response) => {
    const file = await graphiqlFile(pathOf(request), () => openingOf(app));
    if (!file) return sendNotFound(response);
    response.setHeader("content-security-policy", GRAPHIQL_CSP);
    await sendText(response, 200, file.type, file.text);
  };
  return new Map([
    ["/", readOnly(sandbox)],
    ["/graphiql", readOnly(graphiql)],
    ["/graphiql/*", readOnly(graphiql)],
    ["/graphql", (request, ...rest) => (isBrowser(request) ? sandbox : graphql)(request, ...rest)],
  ]);
}

function isBrowser({ method, url = "", headers }: IncomingMessage): boolean {
  return method === "GET" && !url.includes("?") && (headers.accept ?? "").includes("text/html");
}

async function openingOf({ config }: App): Promise<Opening> {
  if (!config.token.isOurs) return { query: FIRST_QUERY, headers: { Authorization: "JWT <your token>" } };
  const tokens = await developmentTokens(config.dataDir, config.token);
  return { query: FIRST_QUERY, headers: { Authorization: `JWT ${tokens[0]!.token}` } };
}

import type { IncomingMessage, ServerResponse } from "node:http";
import { ApolloServerPluginLandingPageLocalDefault } from "@apollo/server/plugin/landingPage/default";
import type { App } from "../../app";
import { developmentTokens } from "../../auth/development-key";
import { GRAPHIQL_CSP, graphiqlFile, type Opening } from "./graphiql";
import { pathOf, sendText } from "../respond";

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
const OFFLINE = "it appears that you might be offline.";

/** Serves Apollo Sandbox at `/` and GraphiQL at `/graphiql`; true when the request was for one of them. */
export type ExplorerHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** Both open with a query and, in development, a token to run it with. */
export function explorerHandler(app: App): ExplorerHandler {
  return async (request, response) => {
    if (request.method !== "GET") return false;
    const path = pathOf(request);
    if (path === "/" || (path === "/graphql" && isBrowserLooking(request))) {
      sendText(response, 200, "text/html; charset=utf-8", await sandboxPage(await openingOf(app)));
      return true;
    }
    if (!path.startsWith("/graphiql")) return false;
    const file = await graphiqlFile(path, () => openingOf(app));
    if (!file) return false;
    response.setHeader("content-security-policy", GRAPHIQL_CSP);
    sendText(response, 200, file.type, file.text);
    return true;
  };
}

function isBrowserLooking({ url = "", headers }: IncomingMessage): boolean {
  return !url.includes("?") && (headers.accept ?? "").includes("text/html");
}

async function openingOf({ config }: App): Promise<Opening> {
  if (!config.token.isOurs) return { query: FIRST_QUERY, headers: { Authorization: "JWT <your token>" } };
  const tokens = await developmentTokens(config.dataDir, config.token);
  return { query: FIRST_QUERY, headers: { Authorization: `JWT ${tokens[0]!.token}` } };
}

/** Apollo's page, which loads Sandbox from Apollo's servers, pointed at `/graphql` and with a way out when offline. */
async function sandboxPage({ query, headers }: Opening): Promise<string> {
  const page = ApolloServerPluginLandingPageLocalDefault({
    document: query,
    headers,
    includeCookies: false,
    embed: { runTelemetry: false },
  });
  const listener = await page.serverWillStart!(undefined as never);
  const { html } = await listener!.renderLandingPage!();
  const text = typeof html === "string" ? html : await html();
  return text
    .replace(
      "initialEndpoint = window.location.href",
      'initialEndpoint = window.location.origin + "/graphql"',
    )
    .replace(
      "#embeddableSandbox {",
      "#embeddableSandbox:empty { pointer-events: none; } #embeddableSandbox {",
    )
    .replace(OFFLINE, `${OFFLINE} <a href="/graphiql">GraphiQL works without a network.</a>`);
}

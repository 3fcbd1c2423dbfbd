import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { App } from "../../app";
import { pathOf, sendNotFound, sendText } from "../respond";
import { readOnly, type Route } from "../route";
import { GRAPHIQL_CSP, graphiqlFile } from "./graphiql";
import { mayTellTokens, openingsOf, WITHOUT_TOKEN, type Opening } from "./openings";
import { sandboxCsp, sandboxPage } from "./sandbox";

/** What keeps a page of another origin from making our answer a part of its own. */
const FOR_OWN_PAGES = ["cross-origin-resource-policy", "same-origin"] as const;

/**
 * The routes of Apollo Sandbox at `/` and of GraphiQL at `/graphiql`. A browser that looks at `/graphql` sees Sandbox
 * too; all other requests there go to `graphql`. In development the pages open with queries and with tokens for them.
 */
export function explorerRoutes(app: App, graphql: Route): Map<string, Route> {
  const sandbox: Route = async (request, response) => {
    const [first] = await tabsFor(request, app);
    const nonce = randomBytes(16).toString("base64");
    response.setHeader("content-security-policy", sandboxCsp(nonce)).setHeader(...FOR_OWN_PAGES);
    await sendText(response, 200, "text/html; charset=utf-8", sandboxPage(first!, nonce));
  };
  const graphiql: Route = async (request, response) => {
    const file = await graphiqlFile(pathOf(request), () => tabsFor(request, app));
    if (!file) return sendNotFound(response);
    response.setHeader("content-security-policy", GRAPHIQL_CSP).setHeader(...FOR_OWN_PAGES);
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

async function tabsFor(request: IncomingMessage, { config }: App): Promise<Opening[]> {
  return mayTellTokens(request, config) ? openingsOf(config) : [WITHOUT_TOKEN];
}

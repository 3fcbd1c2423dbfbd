import type { ServerResponse } from "node:http";
import type { App } from "../../app";
import { developmentTokens } from "../../auth/development-key";
import { acceptedCoding } from "../compression/accepted";
import { isKnownTag } from "../requests/known-tag";
import { finish, pathOf, sendJson, sendNotFound, sendText } from "../respond";
import { readOnly, type Route } from "../route";
import { brandFile, CONSOLE_PATH, consoleFiles, type ConsoleFile } from "./console-files";
import { mayTellTokens } from "./openings";

/** The one style sheet that a script of the console writes: React Aria's, which is the same for every page. */
export const REACT_ARIA_STYLE = "sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=";

/** Only the console's own files run, and they reach only this server. */
export const CONSOLE_HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' '${REACT_ARIA_STYLE}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

const BRAND_PATH = `${CONSOLE_PATH}/brand.css`;

const YEAR = "public, max-age=31536000, immutable";

/** What a browser is shown until the console has been built; it asks again every two seconds. */
const UNBUILT = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="refresh" content="2" />
    <meta name="color-scheme" content="light dark" />
    <title>The console is being built</title>
  </head>
  <body>
    <h1>The console is being built</h1>
    <p>This page shows it within a minute of the start. If it does not, run <code>npm run build</code> and read what it says.</p>
  </body>
</html>
`;

/**
 * The routes of the console, whose pages all are one file: the console itself reads the address. In development its page
 * to sign in offers the demo accounts, whose tokens are told to this machine alone.
 */
export function consoleRoutes({ config }: App): Map<string, Route> {
  let known: Map<string, ConsoleFile> | null = null;
  const { consoleBrandCss, trustedDocuments } = config;
  const brand = consoleBrandCss === undefined ? undefined : brandFile(consoleBrandCss);
  const deployment = {
    api: "/graphql",
    cookies: config.token.cookies,
    ...(trustedDocuments !== undefined && { documents: "ids" }),
    ...(brand && { brand: BRAND_PATH }),
  };
  const route: Route = async (request, response) => {
    for (const [name, value] of Object.entries(CONSOLE_HEADERS)) response.setHeader(name, value);
    known ??= consoleFiles();
    const path = pathOf(request);
    if (path === `${CONSOLE_PATH}/console.json`) return sendJson(response, 200, deployment);
    if (brand && path === BRAND_PATH) return sendFile(response, brand);
    if (path === `${CONSOLE_PATH}/accounts.json`)
      return sendJson(response, 200, mayTellTokens(request, config) ? await accountsOf(config) : []);
    const file = known?.get(path);
    if (file) return sendFile(response, file);
    if (path.startsWith(`${CONSOLE_PATH}/assets/`)) return sendNotFound(response);
    const page = known?.get(`${CONSOLE_PATH}/index.html`);
    return page ? sendFile(response, page) : sendText(response, 503, "text/html; charset=utf-8", UNBUILT);
  };
  return new Map([CONSOLE_PATH, `${CONSOLE_PATH}/*`].map((address) => [address, readOnly(route)]));
}

/** The demo accounts that the page to sign in offers: those who have something to look at. */
async function accountsOf({ dataDir, token }: App["config"]) {
  const tokens = await developmentTokens(dataDir, token);
  return tokens.filter(({ part, username }) => part !== "service" && username !== "bob");
}

function sendFile(response: ServerResponse, { type, etag, isHashed, bodies }: ConsoleFile): void {
  response.setHeader("cache-control", isHashed ? YEAR : "no-cache");
  response.setHeader("etag", etag);
  response.setHeader("vary", "accept-encoding");
  const { "if-none-match": seen, "accept-encoding": accepted } = response.req.headers;
  if (isKnownTag(seen, etag)) {
    response.statusCode = 304;
    return finish(response);
  }
  const coding = acceptedCoding(accepted);
  const body = coding && bodies[coding];
  response.setHeader("content-type", type);
  if (body) response.setHeader("content-encoding", coding);
  finish(response, body ?? bodies.plain);
}

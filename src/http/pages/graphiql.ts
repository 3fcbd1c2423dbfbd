import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NO_TOKEN, type Opening } from "./openings";

/** A file of the page: its media type and its text. */
export interface PageFile {
  type: string;
  /** The content of the file. */
  text: string;
}

/** Only this server's own files run, and they reach only this server. */
export const GRAPHIQL_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>GraphiQL · course entitlements</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/graphiql/graphiql.css" />
    <link rel="stylesheet" href="/graphiql/start.css" />
  </head>
  <body>
    <div id="graphiql">Loading…</div>
    <script src="/graphiql/react.js"></script>
    <script src="/graphiql/react-dom.js"></script>
    <script src="/graphiql/graphiql.js"></script>
    <script src="/graphiql/start.js"></script>
  </body>
</html>
`;

const STYLE = `html, body, #graphiql { height: 100%; margin: 0; }\n`;

const JAVASCRIPT = "text/javascript; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const inPackage = (name: string, path: string) =>
  join(dirname(require.resolve(`${name}/package.json`)), path);
const FILES = new Map([
  ["/graphiql/graphiql.css", { type: CSS, path: inPackage("graphiql", "graphiql.min.css") }],
  ["/graphiql/graphiql.js", { type: JAVASCRIPT, path: inPackage("graphiql", "graphiql.min.js") }],
  ["/graphiql/react.js", { type: JAVASCRIPT, path: inPackage("react", "umd/react.production.min.js") }],
  [
    "/graphiql/react-dom.js",
    { type: JAVASCRIPT, path: inPackage("react-dom", "umd/react-dom.production.min.js") },
  ],
]);

/** GraphiQL from the installed packages, so that it works without any network; null for any other path. */
export async function graphiqlFile(
  path: string,
  openings: () => Promise<Opening[]>,
): Promise<PageFile | null> {
  switch (path) {
    case "/graphiql":
      return { type: "text/html; charset=utf-8", text: PAGE };
    case "/graphiql/start.css":
      return { type: CSS, text: STYLE };
    case "/graphiql/start.js":
      return { type: JAVASCRIPT, text: startScript(await openings()) };
    default: {
      const file = FILES.get(path);
      return file ? { type: file.type, text: await readFile(file.path, "utf8") } : null;
    }
  }
}

const headersOf = (authorization: string) => JSON.stringify({ Authorization: authorization }, null, 2);

/** A tab as GraphiQL stores it. */
const tabOf = ({ query, authorization, username }: Opening, place: number) => {
  const title = /^query (\w+)/m.exec(query)![1]!;
  const headers = username === null ? null : headersOf(authorization);
  return {
    id: `first-${place}`,
    title,
    operationName: title,
    query,
    variables: null,
    headers,
    response: null,
  };
};

/**
 * Each tab keeps its own token. The browser stores whose token it is, never the token itself, so that a page that is
 * opened again has fresh ones.
 */
function startScript(openings: readonly Opening[]): string {
  const tokens = openings.flatMap(({ username, authorization }) =>
    username === null ? [] : [[authorization, `JWT <token of ${username}>`]],
  );
  const options = {
    defaultHeaders: headersOf(NO_TOKEN),
    defaultEditorToolsVisibility: "headers",
    shouldPersistHeaders: tokens.length > 0,
  };
  return `const tokens = ${JSON.stringify(tokens)};
const prefix = "course-entitlements:";
const withTokens = (text) => tokens.reduce((named, [token, name]) => named.replaceAll(name, token), text);
const withNames = (text) => tokens.reduce((signed, [token, name]) => signed.replaceAll(token, name), text);
const storage = {
  getItem(key) {
    const text = localStorage.getItem(prefix + key);
    return text && withTokens(text);
  },
  setItem: (key, text) => localStorage.setItem(prefix + key, withNames(text)),
  removeItem: (key) => localStorage.removeItem(prefix + key),
  clear: () => localStorage.clear(),
  get length() {
    return localStorage.length;
  },
};

// GraphiQL opens with what it has stored: these tabs at first, and later those that it was left with.
const first = { activeTabIndex: 0, tabs: ${JSON.stringify(openings.map(tabOf))} };
const left = JSON.parse(storage.getItem("graphiql:tabState")) ?? first;
storage.setItem("graphiql:tabState", JSON.stringify(left));
for (const part of ["query", "variables", "headers"])
  storage.setItem("graphiql:" + part, left.tabs[left.activeTabIndex][part] ?? "");

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    ...${JSON.stringify(options)},
    fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
    storage,
  }),
);
`;
}

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file of the page: its media type and its text. */
export interface PageFile {
  type: string;
  /** The content of the file. */
  text: string;
}

/** What the page opens with. */
export interface Opening {
  /** The document that the page opens with. */
  query: string;
  headers: Record<string, string>;
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
export async function graphiqlFile(path: string, opening: () => Promise<Opening>): Promise<PageFile | null> {
  switch (path) {
    case "/graphiql":
      return { type: "text/html; charset=utf-8", text: PAGE };
    case "/graphiql/start.css":
      return { type: CSS, text: STYLE };
    case "/graphiql/start.js":
      return { type: JAVASCRIPT, text: startScript(await opening()) };
    default: {
      const file = FILES.get(path);
      return file ? { type: file.type, text: await readFile(file.path, "utf8") } : null;
    }
  }
}

function startScript({ query, headers }: Opening): string {
  return `const root = ReactDOM.createRoot(document.getElementById("graphiql"));
root.render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
    defaultQuery: ${JSON.stringify(query)},
    headers: ${JSON.stringify(JSON.stringify(headers, null, 2))},
    defaultEditorToolsVisibility: "headers",
  }),
);
`;
}

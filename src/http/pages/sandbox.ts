import type { Opening } from "./openings";

const APOLLO_SCRIPTS = "https://embeddable-sandbox.cdn.apollographql.com";

/** Apollo's script and frame may be here, and this page may be in no other. `nonce` is new for each answer. */
export function sandboxCsp(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${APOLLO_SCRIPTS}`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "frame-src https://sandbox.embed.apollographql.com",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/**
 * Apollo Sandbox, embedded as Apollo's documentation describes: the script comes from Apollo's servers, and fills the
 * page once it is there. Until then, and without a network, the page links to GraphiQL.
 */
export function sandboxPage({ query, authorization }: Opening, nonce: string): string {
  const options = {
    target: "#sandbox",
    initialState: { document: query, headers: { Authorization: authorization }, includeCookies: false },
    runTelemetry: false,
  };
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Apollo Sandbox · course entitlements</title>
    <link rel="icon" href="data:," />
    <style>
      html, body, #sandbox { height: 100%; margin: 0; }
      iframe { width: 100%; height: 100%; border: none; }
    </style>
  </head>
  <body>
    <div id="sandbox">
      Apollo Sandbox comes from Apollo's servers, which have not answered yet.
      <a href="/graphiql">GraphiQL works without a network.</a>
    </div>
    <script nonce="${nonce}">
      const script = document.createElement("script");
      script.src = "${APOLLO_SCRIPTS}/v2/embeddable-sandbox.umd.production.min.js";
      script.onload = () => {
        document.getElementById("sandbox").replaceChildren();
        new window.EmbeddedSandbox({
          ...${inScript(options)},
          initialEndpoint: window.location.origin + "/graphql",
        });
      };
      document.head.append(script);
    </script>
  </body>
</html>
`;
}

/** A value as JavaScript that cannot end the script element it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

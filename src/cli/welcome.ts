import { developmentTokens, type DevelopmentToken } from "../auth/development-key";
import type { Config } from "../config";

const PARTS = {
  learner: "a learner",
  support: "a support agent",
  staff: "a staff member",
  service: "a shop's service",
};

const QUERY =
  "{ viewer { username entitlements(first: 3) { edges { node { state daysUntilExpiration course { title } } } } } }";

/** The greeting of a started server: its addresses, tokens of the demo accounts, and a first query. */
export async function welcome(config: Config, url: string): Promise<string> {
  const places = `
  Console         ${url}/console
  GraphQL         ${url}/graphql
  Apollo Sandbox  ${url}/
  GraphiQL        ${url}/graphiql  (works without a network)
`;
  if (!config.token.isOurs) return `${places}\n`; // only the owner of the key can sign tokens
  const tokens = await developmentTokens(config.dataDir, config.token);
  const people = Object.entries(PARTS).map(([part, words]) => {
    const { username, token } = tokens.find((each) => each.part === part)!;
    return `  ${username}, ${words}\n${token}\n`;
  });
  const [{ username, token }] = tokens as [DevelopmentToken];
  return `${places}
  Tokens for the next 24 hours, to send as "Authorization: Bearer <token>" (npm run token -- --as NAME prints new ones)

${people.join("\n")}
  A first query, as ${username}

curl ${url}/graphql -H 'Content-Type: application/json' -H 'Authorization: Bearer ${token}' \\
  -d '${JSON.stringify({ query: QUERY })}'

`;
}

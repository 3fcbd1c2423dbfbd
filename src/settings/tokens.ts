import { ALGORITHMS, fixedKeys, signingKeys } from "../auth/keys";
import { flag, jwkSet, text, webUrl } from "../setting-kinds";

const keysOfLms = jwkSet(fixedKeys).refine(
  (given) => signingKeys(given).length > 0,
  `holds no key for signatures by ${ALGORITHMS.join(" or ")}: see alg, use and key_ops of its keys`,
);

/** Whether a key set can be used in production, which must never trust the development key. */
const isForProduction = ({ keys }: { keys: { [member: string]: unknown }[] }) =>
  keys.every((key) => key["kid"] !== "development");

/** The settings of which tokens are trusted, and what they say of their bearer. */
export function tokenSettings(isProduction: boolean) {
  return {
    JWT_JWK_SET: (isProduction
      ? keysOfLms.refine(isForProduction, 'holds the key "development", which production does not trust')
      : keysOfLms
    )
      .optional()
      .describe(
        "The public keys of the LMS, which signs the tokens. Production requires either this or `JWT_JWK_SET_URL`; without both, a development key signs and verifies.",
      ),
    JWT_JWK_SET_URL: webUrl
      .optional()
      .describe("The address where the LMS publishes its public keys, instead of `JWT_JWK_SET`."),
    JWT_ISSUER: text()
      .default("http://localhost:18000/oauth2")
      .describe("The issuer that a token must name (claim `iss`); required in production."),
    JWT_AUDIENCE: text().default("openedx").describe("The audience that a token must name (claim `aud`)."),
    JWT_SUPPORT_ROLE: text()
      .default("support")
      .describe("The entry of the claim `roles` that makes the caller a support agent."),
    JWT_SERVICE_ROLE: text()
      .default("service")
      .describe("The entry of the claim `roles` that makes the caller a service, such as a shop."),
    JWT_AUDITOR_ROLE: text()
      .default("auditor")
      .describe(
        "The entry of the claim `roles` that makes the caller an auditor, who may read everything and change nothing.",
      ),
    JWT_RESTRICTED_APPLICATIONS: flag
      .default(false)
      .describe("Whether tokens of restricted OAuth applications are accepted."),
    JWT_COOKIES: flag
      .default(false)
      .describe("Whether browsers may send the token in the cookies of the LMS."),
  };
}

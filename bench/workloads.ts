import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { BIG_COURSES, bigCourseUuid } from "../src/demo/big-catalog";

/** A request as the load generator sends it. */
export interface BenchRequest {
  authorization: string;
  body: string;
}

/** What one client asks, again and again, for different people or courses. */
export interface Workload {
  name: string;
  /** What it stands for, for a reader of the numbers. */
  title: string;
  requests: BenchRequest[];
}

const DECISIONS = `
  isExpired state daysSinceCreated daysUntilExpiration expiresAt expirationDate
  isRedeemable redeemBlocker isRegainable regainBlocker isRefundable refundBlocker`;

const DASHBOARD = `query Dashboard($first: Int!) {
  viewer {
    username
    entitlements(first: $first) {
      edges {
        node {
          id courseUuid mode orderNumber isRefundLocked createdAt modifiedAt expiredAt ${DECISIONS}
          policy { id isDefault mode expirationPeriod refundPeriod regainPeriod }
          enrollment {
            mode isActive enrolledAt
            courseRun { key title org number isSelfPaced startsAt endsAt }
          }
        }
      }
      pageInfo { hasNextPage }
    }
  }
}`;

const SUPPORT = `query Support($course: ID!, $first: Int!) {
  entitlements(filter: { courseUuids: [$course] }, first: $first) {
    totalCount
    edges {
      node {
        id courseUuid mode orderNumber isRefundLocked createdAt modifiedAt expiredAt isExpired state
        user { username }
        enrollment { mode isActive courseRun { key } }
      }
    }
    pageInfo { hasNextPage }
  }
}`;

/** Makes the tokens and requests of each workload, for these learners. */
export async function prepareWorkloads(learnerIds: readonly number[]) {
  const { authorize, jwkSet } = prepareTokens();
  return { workloads: [await dashboard(learnerIds, authorize), await support(authorize)], jwkSet, authorize };
}

/** Signs tokens, and knows the keys by which a server tells them from others. */
export function prepareTokens() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const authorize = async (claims: object) => {
    const token = new SignJWT({ ...claims, administrator: false, superuser: false, version: "1.2.0" })
      .setProtectedHeader({ alg: "RS256", kid: "bench" })
      .setIssuer(TOKEN.issuer)
      .setAudience(TOKEN.audience)
      .setIssuedAt()
      .setExpirationTime("12h");
    return `JWT ${await token.sign(privateKey)}`;
  };
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "bench" };
  return { authorize, jwkSet: { keys: [jwk] } };
}

/** The issuer and audience of the tokens: the defaults of the settings. */
export const TOKEN = { issuer: "http://localhost:18000/oauth2", audience: "openedx" };

/** Makes the Authorization header of an account. */
export type Authorize = (claims: object) => Promise<string>;

async function dashboard(learnerIds: readonly number[], authorize: Authorize): Promise<Workload> {
  const body = JSON.stringify({ operationName: "Dashboard", query: DASHBOARD, variables: { first: 20 } });
  const asking = learnerIds.map(async (id) => {
    return { authorization: await authorize({ user_id: id, preferred_username: `learner${id}` }), body };
  });
  return {
    name: "dashboard",
    title: "a learner's 5 entitlements with policy, enrollment, run and all decisions",
    requests: await Promise.all(asking),
  };
}

async function support(authorize: Authorize): Promise<Workload> {
  const authorization = await authorize({
    user_id: 2,
    preferred_username: "grace",
    roles: ["support"],
  });
  const requests = Array.from({ length: BIG_COURSES }, (_, course) => ({
    authorization,
    body: JSON.stringify({
      operationName: "Support",
      query: SUPPORT,
      variables: { course: bigCourseUuid(course), first: 50 },
    }),
  }));
  return {
    name: "support",
    title: "a page of 50 entitlements of a course with their total number",
    requests,
  };
}

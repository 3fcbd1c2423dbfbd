import type { OpenEdx } from "../../gateways/open-edx/open-edx";
import { finding, Wrong, type Advice, type Finding } from "./finding";

/** A run that no installation has. */
const NO_RUN = "course-v1:course-entitlements+config-check+none";

const REFUSED: Advice = {
  HTTP_401: "the LMS does not accept the token that it has made: see JWT_AUTH in the LMS",
  HTTP_429:
    "the account of the token is asked for too much: give this service an account of its own, and see LMS_CALLS_PER_MINUTE",
  NONSENSE: "see LMS_URL: something else answers there, such as a page for people",
  other: "see LMS_URL",
};

const NOT_STAFF = 'set "Staff status" of the account of the token in the administration of the LMS';
const API_MISSING = "this version of the LMS, or the proxy before it, does not serve this API";

/** Asks the LMS for what the server will ask it for, about an account that it knows and a run that it does not. */
export async function* lmsFindings(openEdx: OpenEdx, username: string): AsyncGenerator<Finding> {
  const key = { username: "config_check", courseRunKey: NO_RUN };
  yield await finding(
    "the Enrollment API of the LMS",
    async () => {
      await openEdx.enrollments.read(key);
      await openEdx.enrollments.readAll([username]);
      return "it tells the enrollments of others";
    },
    // To those who are not staff, it hides that others are enrolled.
    { ...REFUSED, HTTP_403: NOT_STAFF, HTTP_404: NOT_STAFF },
  );
  yield await finding(
    "the runs of the LMS",
    async () => {
      await openEdx.catalog.liveRun(NO_RUN);
      return "it tells dates and modes";
    },
    { ...REFUSED, HTTP_403: NOT_STAFF, HTTP_404: API_MISSING },
  );
  yield await finding(
    "the accounts of the LMS",
    async () => {
      const [account] = await openEdx.accounts.byUsernames([username]);
      if (!account) throw new Wrong(`it does not know ${username}, which its token names: ${API_MISSING}`);
      return "it tells ids and usernames";
    },
    { ...REFUSED, HTTP_403: NOT_STAFF, NONSENSE: `it does not tell the ids of accounts: ${NOT_STAFF}` },
  );
  yield await finding(
    "the certificates of the LMS",
    async () => {
      await openEdx.certificates.status({ username, courseRunKey: NO_RUN });
      return "it tells their status";
    },
    { ...REFUSED, HTTP_403: NOT_STAFF, HTTP_404: API_MISSING },
  );
}

import { GERMAN } from "../../src/messages/german";
import { ENGLISH } from "../../src/messages/english";
import { serve, type TestServer } from "../support/http";
import { aCourse, ada, ago, anEntitlement, aRun, useApp } from "../support/world";

const app = useApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

const QUESTION = `query ($id: ID!) { entitlement(id: $id) {
  redeemBlocker redeemBlockerMessage regainBlocker regainBlockerMessage refundBlocker refundBlockerMessage
  sessions { blocker blockerMessage } } }`;
const LEAVE = `mutation ($id: ID!) { leaveSession(input: { entitlementId: $id }) {
  userErrors { code message blocker blockerMessage } } }`;
const ENROLL = `mutation ($id: ID!, $run: String!) {
  enrollAndFulfill(input: { entitlementId: $id, courseRunKey: $run }) { userErrors { blocker blockerMessage } } }`;

test.each([
  ["English", undefined, "en", ENGLISH],
  ["English", "fr", "en", ENGLISH],
  ["German", "de-DE, en;q=0.5", "de", GERMAN],
])("blockers are explained in %s for the header Accept-Language %s", async (_, asked, language, messages) => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { startsAt: ago(50) });
  const closed = await aRun(app, courseUuid, { enrollmentEndsAt: ago(1) });
  const id = await anEntitlement(app, { courseUuid, run, createdAt: ago(20), redeemedAt: ago(20) });
  const fresh = await anEntitlement(app, { courseUuid, orderNumber: null });
  const headers: Record<string, string> = asked === undefined ? {} : { "accept-language": asked };
  const answer = async (document: string, variables: object) => {
    const { body, headers: answered, status } = await server.ask(ada, document, { ...variables }, headers);
    expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
    expect(answered.get("content-language")).toBe(language);
    expect(answered.get("vary")).toContain("accept-language");
    return body.data as unknown;
  };
  expect(await answer(QUESTION, { id })).toMatchObject({
    entitlement: {
      redeemBlocker: "ALREADY_REDEEMED",
      redeemBlockerMessage: messages.redeem.ALREADY_REDEEMED,
      regainBlocker: "REGAIN_PERIOD_OVER",
      regainBlockerMessage: messages.regain.REGAIN_PERIOD_OVER,
      refundBlocker: "REGAIN_PERIOD_OVER",
      refundBlockerMessage: messages.refund.REGAIN_PERIOD_OVER,
      sessions: [
        { blocker: null, blockerMessage: null },
        { blocker: "REGAIN_PERIOD_OVER", blockerMessage: messages.session.REGAIN_PERIOD_OVER },
      ],
    },
  });
  expect(await answer(LEAVE, { id })).toEqual({
    leaveSession: {
      userErrors: [
        {
          code: "ENTITLEMENT_NOT_REGAINABLE",
          message: `${ENGLISH.regain.REGAIN_PERIOD_OVER} Nothing has changed.`,
          blocker: "REGAIN_PERIOD_OVER",
          blockerMessage: messages.regain.REGAIN_PERIOD_OVER,
        },
      ],
    },
  });
  expect(await answer(ENROLL, { id: fresh, run: closed })).toEqual({
    enrollAndFulfill: {
      userErrors: [{ blocker: "ENROLLMENT_CLOSED", blockerMessage: messages.session.ENROLLMENT_CLOSED }],
    },
  });
});

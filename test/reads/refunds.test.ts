import { countRefunds, findRefunds } from "../../src/reads/refunds";
import { firstRows } from "../../src/store/rows/page";
import { reissueEntitlement } from "../../src/use-cases/entitlements/reissue-entitlement";
import { revokeEntitlement } from "../../src/use-cases/entitlements/revoke-entitlement";
import { transferEntitlement } from "../../src/use-cases/entitlements/transfer-entitlement";
import { anEntitlement, by, grace, hopper, shop, useApp } from "../support/world";

const app = useApp();

/** The entitlements of which refunds of a learner are found. */
async function foundOf(username: string): Promise<string[]> {
  const { rows } = await findRefunds(app.db, { username }, firstRows(9));
  expect(await countRefunds(app.db, { username })).toBe(rows.length);
  return rows.map(({ entitlementId }) => entitlementId);
}

test("a refund is found by the learner who had the entitlement when it was requested, also after a transfer", async () => {
  const comments = "As agreed.";
  const id = await anEntitlement(app);
  await revokeEntitlement(by(shop, app), { entitlementId: id, reason: "It was returned." });
  expect([await foundOf("ada"), await foundOf("bob")]).toEqual([[id], []]);
  await reissueEntitlement(by(grace, app), { entitlementId: id, comments });
  await transferEntitlement(by(hopper, app), { entitlementId: id, username: "bob", comments });
  expect([await foundOf("ada"), await foundOf("bob")]).toEqual([[id], []]);
});

test("no refund is found by a username that no account has", async () => {
  const id = await anEntitlement(app);
  await revokeEntitlement(by(shop, app), { entitlementId: id, reason: "It was returned." });
  expect(await foundOf("nobody")).toEqual([]);
});

import { ask } from "../support/demo-app";
import { aCourse, ada, ago, anEnrollment, anEntitlement, aRun, useApp } from "../support/world";

const app = useApp();

async function summaryOf(id: string): Promise<unknown> {
  const { data } = await ask(app, ada, `{ entitlement(id: "${id}") { runSummary { courseRunKey title } } }`);
  return (data!["entitlement"] as { runSummary: object }).runSummary;
}

test("the run that was left by other means is not shown as the one for which an entitlement is redeemed", async () => {
  const courseUuid = aCourse();
  const left = await aRun(app, courseUuid, { enrollmentEndsAt: ago(1), title: "Left" });
  const open = await aRun(app, courseUuid, { title: "Open" });
  const enrollmentId = await anEnrollment(app, left, { isActive: false, mode: "verified" });
  const id = await anEntitlement(app, { courseUuid, enrollmentId, redeemedAt: ago(1) });
  expect(await summaryOf(id)).toEqual({ courseRunKey: open, title: "Open" });
});

test("the current run is shown by its key when the catalog has lost it, although another run is offered", async () => {
  const courseUuid = aCourse();
  await aRun(app, courseUuid, { title: "Open" });
  const id = await anEntitlement(app, { courseUuid, run: "course-v1:DemoX+lost+1" });
  expect(await summaryOf(id)).toEqual({ courseRunKey: "course-v1:DemoX+lost+1", title: null });
});

import { randomUUID } from "node:crypto";
import type { App } from "../../src/app";
import { CourseEnrollment } from "../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { Refund } from "../../src/entities/refund";
import { SparedShop } from "../../src/gateways/refund/spared-shop";
import type { RefundOutcome, RefundRequest } from "../../src/gateways/refund/refund-gateway";
import type { RefundState } from "../../src/rules/refund-rules";
import { transact, type Change } from "../../src/store/transact";
import type { Call } from "../../src/use-cases/command";
import { ada } from "./demo-app";
import { stored } from "./stored";
import { ago, NOW, put } from "./world";

/** A request of ada's, at the app's instant. */
export function requestOf(app: App, actor = ada): Call {
  return { app, actor, now: app.clock(), requestId: "request-1" };
}

/** The app with a shop that answers as told, and what it was asked. */
export function withShop(
  app: App,
  answer: (asked: number, request: RefundRequest) => RefundOutcome | Promise<RefundOutcome>,
  isKeyed = true,
): { app: App; asked: RefundRequest[] } {
  const asked: RefundRequest[] = [];
  const shop = {
    isKeyed,
    request: async (request: RefundRequest) => answer(asked.push(request), request),
  };
  return { asked, app: { ...app, refunds: new SparedShop(shop, 2_000, app.clock) } };
}

/** Lets the pauses and leases of all refunds end now. */
export async function endPauses({ db }: App): Promise<void> {
  await db.query(
    "update refund set next_attempt_at = now() - interval '1 s' where next_attempt_at is not null",
  );
}

/** Stores a refund of an entitlement, as an attempt would have left it. */
export async function aRefund(app: App, entitlementId: string, state: RefundState): Promise<Refund> {
  const { orderNumber } = await stored(app, entitlementId);
  const refund = app.db.manager.create(Refund, {
    entitlementId,
    orderNumber: orderNumber!,
    state,
    attempt: 1,
    answer: null,
    detail: null,
    shopReferences: [],
    nextAttemptAt: state === "REQUESTED" || state === "IN_DOUBT" ? ago(-1) : null,
    createdAt: NOW,
    modifiedAt: NOW,
  });
  await put(app, Refund, refund);
  return refund;
}

let made = 0;

/** Makes a redeemed entitlement of Ada that can be changed and refunded; returns its id. */
export async function aSpentEntitlement(app: App, orderEnd = ""): Promise<string> {
  const id = randomUUID();
  const enrollmentId = randomUUID();
  await transact(app.db, { ...SYSTEM, reason: "test" }, async (tx) => {
    const when = new Date(Date.now() - 3_600_000);
    await tx.save(CourseEnrollment, {
      id: enrollmentId,
      userId: ada.userId!,
      courseRunKey: `course-v1:test+refund+${++made}`,
      mode: "verified",
      isActive: true,
      createdAt: when,
    });
    await tx.save(CourseEntitlement, {
      id,
      userId: ada.userId!,
      courseUuid: randomUUID(),
      mode: "verified",
      orderNumber: `TEST-${made}${orderEnd}`,
      enrollmentId,
      redeemedAt: when,
      createdAt: when,
      modifiedAt: when,
    });
  });
  return id;
}

/** The system, as a job signs. */
export const SYSTEM: Change = {
  userId: null,
  userLabel: "system",
  reason: "test",
  source: "JOB",
  requestId: "test-1",
};

/** The entitlement of an order of the demo world, by the end of its number. */
export async function entitlementIdOf(app: App, orderEnd: string): Promise<string> {
  const [row] = await app.db.query<{ id: string }[]>(
    "select id from course_entitlement where user_id = 1 and order_number like '%' || $1",
    [orderEnd],
  );
  return row!.id;
}

/** Everything that is stored about an entitlement but its refunds, with its history and enrollments, as text. */
export async function everythingOf(app: App, id: string): Promise<string> {
  const [row] = await app.db.query<{ everything: string }[]>(
    `select concat_ws(e'\\n',
       (select e::text from course_entitlement e where id = $1),
       (select string_agg(h::text, e'\\n' order by history_id) from historical_course_entitlement h where id = $1),
       (select string_agg(n::text, e'\\n' order by id) from course_enrollment n
        where user_id = (select user_id from course_entitlement where id = $1)),
       (select string_agg(d::text, e'\\n' order by id) from course_entitlement_support_detail d
        where entitlement_id = $1)) as everything`,
    [id],
  );
  return row!.everything;
}

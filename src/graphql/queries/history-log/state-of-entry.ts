import type { App } from "../../../app";
import {
  certificatesOfEntries,
  enrollmentsOfEntries,
  erasuresOfEntries,
  factsOfEntries,
  policiesOfEntries,
  refundsOfEntries,
  runsOfEntries,
  supportAgentsOfEntries,
  supportDetailsOfEntries,
  webhooksOfEntries,
  type FactsOfEntry,
} from "../../../reads/finding/states-of-entries";
import type { Database } from "../../../store/statement";
import { maySee, type Context } from "../../context";
import { CourseRunView, toCourseRun } from "../../types/course";
import { toCertificateView, toEnrollmentView } from "../../types/course-enrollment";
import { toEntitlement } from "../../types/entitlements/course-entitlement";
import { toSupportDetailView } from "../../types/entitlements/support-detail";
import type { HistoryEntryView, HistoryState } from "../../types/history-entry";
import { toErasureView } from "../../types/accounts/erasure";
import { atInstant, pastOf } from "../../types/past";
import { toPolicyView } from "../../types/policies/course-entitlement-policy";
import { toRefundView } from "../../types/refunds/refund";
import { toSupportAgentView } from "../../types/support-agent";
import { toWebhookView } from "../../types/webhooks/webhook";

/** The object as an entry left it: one statement for all entries of a type in a request. */
export async function stateOf(context: Context, view: HistoryEntryView): Promise<typeof HistoryState | null> {
  const { app, loaders } = context;
  const { entry } = view;
  const load = <T>(of: (db: Database, ids: readonly string[]) => Promise<T[]>): Promise<T> =>
    loaders.named(`state:${entry.entityType}`, (ids) => of(app.db, ids)).load(entry.id);
  switch (entry.entityType) {
    case "COURSE_ENTITLEMENT": {
      const found = await load((_, ids) => settledFactsOf(app, ids));
      if (!found || !maySee(context, found.facts)) return null;
      return toEntitlement(context, found.facts, found.instant);
    }
    case "SUPPORT_DETAIL": {
      const facts = await load(supportDetailsOfEntries);
      return facts && toSupportDetailView(facts, pastOf(view));
    }
    case "REFUND": {
      const refund = await load(refundsOfEntries);
      return refund && atInstant(toRefundView(refund), pastOf(view));
    }
    case "COURSE_ENTITLEMENT_POLICY": {
      const policy = await load(policiesOfEntries);
      return policy && toPolicyView(policy, app.config.defaultPeriods);
    }
    case "COURSE_ENROLLMENT": {
      const enrollment = await load(enrollmentsOfEntries);
      return enrollment && toEnrollmentView(enrollment, entry.date);
    }
    case "CERTIFICATE": {
      const certificate = await load(certificatesOfEntries);
      return certificate && toCertificateView(certificate, entry.date);
    }
    case "COURSE_RUN": {
      const run = await load(runsOfEntries);
      return run && atInstant(Object.assign(new CourseRunView(), toCourseRun(run.key, run)), entry.date);
    }
    case "ERASURE": {
      const erasure = await load(erasuresOfEntries);
      return erasure && toErasureView(erasure);
    }
    case "WEBHOOK": {
      const webhook = await load(webhooksOfEntries);
      return webhook && toWebhookView(webhook);
    }
    case "SUPPORT_AGENT": {
      const agent = await load(supportAgentsOfEntries);
      return agent && toSupportAgentView(agent);
    }
  }
}

/** What an entry shows is read as of the instant from which it counts, which has to be settled. */
async function settledFactsOf(app: App, ids: readonly string[]): Promise<(FactsOfEntry | null)[]> {
  const found = await factsOfEntries(app.db, ids);
  if (found.every((facts) => facts === null || facts.isSettled)) return found;
  await app.committer.settle();
  return factsOfEntries(app.db, ids);
}

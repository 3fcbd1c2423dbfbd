import type { Logger } from "pino";
import type { DataSource } from "typeorm";
import type { Rate } from "./auth/rate";
import type { Config } from "./config";
import type { OpenEdx } from "./gateways/open-edx/open-edx";
import type { Refunds } from "./gateways/refund/refund-gateway";
import type { WebhookSender } from "./gateways/webhook/webhook-sender";
import type { EnrollmentCall } from "./entities/enrollment-call";
import type { SupportAgents } from "./reads/accounts/support-agents";
import type { SeatKey } from "./reads/lms/recorded-enrollment";
import type { Committer } from "./history/committer";
import type { HandOut } from "./proof/witness/hand-out";
import type { Sealer } from "./proof/sealed/sealer";
import type { Change } from "./store/transact";

/** Everything that a request needs besides its input. Built by `compose`; tests replace parts of it. */
export interface App {
  config: Config;
  db: DataSource;
  log: Logger;
  /** The enrollments, accounts, runs and certificates of the installation. */
  openEdx: OpenEdx;
  /** The shop that refunds orders. */
  refunds: Refunds;
  /** Counts the refund requests to the shop, by the actor who made them. */
  refundRate: Rate;
  /** The accounts that staff have made support agents. */
  supportAgents: SupportAgents;
  webhooks: WebhookSender;
  /** Makes the calls to the LMS that a transaction has asked for, and returns them as they are after a while. */
  callLms: (app: App, change: Change, calls: readonly EnrollmentCall[]) => Promise<EnrollmentCall[]>;
  /**
   * Brings an enrollment and its entitlements to what the LMS says of it now, and says in one word what that was. Rejects
   * with HttpFailure without an answer.
   */
  reconcile: (
    app: App,
    pair: SeatKey,
    origin: { source: "JOB"; requestId: string },
  ) => Promise<{ kind: string }>;
  /** Gives committed changes their place in history. */
  committer: Committer;
  /** Seals the history; null where no key is set for that. */
  sealer: Sealer | null;
  /** Hands the checkpoints of the history to those who keep them. */
  handOut: HandOut;
  /** Looks again at what the pages show that learners read. */
  pages: Pages;
  /** The instant that decisions are taken at, one per request: PostgreSQL's, which all servers share. */
  clock: () => Date;
}

/** What looks again, in the background, at what pages show of the LMS and its catalog. */
export interface Pages {
  /** Notes that a page of a learner was read. It asks nobody and never fails. */
  note: (app: App, userId: string) => void;
}

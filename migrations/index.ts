import { CreateEntitlements1795305600000 } from "./1795305600000-create-entitlements";
import { CreateHistory1795306200000 } from "./1795306200000-create-history";
import { ExtendSupportAndPolicies1795306800000 } from "./1795306800000-extend-support-and-policies";
import { IndexUnexpiredEntitlements1795308000000 } from "./1795308000000-index-unexpired-entitlements";
import { CreateJobsSchema1795308600000 } from "./1795308600000-create-jobs-schema";
import { CreateRefunds1795309200000 } from "./1795309200000-create-refunds";
import { BoundInstants1795312200000 } from "./1795312200000-bound-instants";
import { CloseDoorsOfHistory1795312800000 } from "./1795312800000-close-doors-of-history";
import { RenewEntitlements1795313400000 } from "./1795313400000-renew-entitlements";
import { CreateSupportAgents1795320600000 } from "./1795320600000-create-support-agents";
import { MoveLearners1795321200000 } from "./1795321200000-move-learners";
import { IndexWhatPeopleLookFor1795321800000 } from "./1795321800000-index-what-people-look-for";
import { QueueRefunds1795322400000 } from "./1795322400000-queue-refunds";
import { IndexFiltersOfTables1795323600000 } from "./1795323600000-index-filters-of-tables";
import { TellUnpaidRevocations1795324200000 } from "./1795324200000-tell-unpaid-revocations";
import { SignHistoryWithRoles1795324800000 } from "./1795324800000-sign-history-with-roles";
import { CallTheLms1795326600000 } from "./1795326600000-call-the-lms";
import { KnowThatNoCertificateExists1795327200000 } from "./1795327200000-know-that-no-certificate-exists";
import { CreateWebhooks1795325400000 } from "./1795325400000-create-webhooks";
import { KnowAccountsById1795326000000 } from "./1795326000000-know-accounts-by-id";
import { WaitForTheShopToKnow1795326300000 } from "./1795326300000-wait-for-the-shop-to-know";
import { LookAgainAtTheLms1795330200000 } from "./1795330200000-look-again-at-the-lms";
import { MoveIn1795330800000 } from "./1795330800000-move-in";
import { FollowAnLms1795331400000 } from "./1795331400000-follow-an-lms";
import { RetryCallsOfTheLms1795333800000 } from "./1795333800000-retry-calls-of-the-lms";
import { SettleHistory1795334400000 } from "./1795334400000-settle-history";
import { FollowPositions1795335000000 } from "./1795335000000-follow-positions";
import { SealHistory1795341600000 } from "./1795341600000-seal-history";
import { WalkLives1795342800000 } from "./1795342800000-walk-lives";
import { CountSeals1795345200000 } from "./1795345200000-count-seals";
import { TrackWhatDecides1795345800000 } from "./1795345800000-track-what-decides";
import { GiveUpCheckpoints1795346400000 } from "./1795346400000-give-up-checkpoints";
import { ForgetPeople1795347000000 } from "./1795347000000-forget-people";
import { RecordEveryErasure1795347600000 } from "./1795347600000-record-every-erasure";
import { RetainHistory1795348200000 } from "./1795348200000-retain-history";
import { IndexBegunLives1795352000000 } from "./1795352000000-index-begun-lives";
import { RememberForgottenAccounts1795354000000 } from "./1795354000000-remember-forgotten-accounts";
import { GuardOwnTablesOnly1795356000000 } from "./1795356000000-guard-own-tables-only";
import { KeepKeys1795357800000 } from "./1795357800000-keep-keys";
import { RefuseEachRow1795358400000 } from "./1795358400000-refuse-each-row";

/** Every migration, oldest first. */
export const migrations = [
  CreateEntitlements1795305600000,
  CreateHistory1795306200000,
  ExtendSupportAndPolicies1795306800000,
  IndexUnexpiredEntitlements1795308000000,
  CreateJobsSchema1795308600000,
  CreateRefunds1795309200000,
  BoundInstants1795312200000,
  CloseDoorsOfHistory1795312800000,
  RenewEntitlements1795313400000,
  CreateSupportAgents1795320600000,
  MoveLearners1795321200000,
  IndexWhatPeopleLookFor1795321800000,
  QueueRefunds1795322400000,
  IndexFiltersOfTables1795323600000,
  TellUnpaidRevocations1795324200000,
  SignHistoryWithRoles1795324800000,
  CreateWebhooks1795325400000,
  KnowAccountsById1795326000000,
  WaitForTheShopToKnow1795326300000,
  CallTheLms1795326600000,
  KnowThatNoCertificateExists1795327200000,
  LookAgainAtTheLms1795330200000,
  MoveIn1795330800000,
  FollowAnLms1795331400000,
  RetryCallsOfTheLms1795333800000,
  SettleHistory1795334400000,
  FollowPositions1795335000000,
  SealHistory1795341600000,
  WalkLives1795342800000,
  CountSeals1795345200000,
  TrackWhatDecides1795345800000,
  GiveUpCheckpoints1795346400000,
  ForgetPeople1795347000000,
  RecordEveryErasure1795347600000,
  RetainHistory1795348200000,
  IndexBegunLives1795352000000,
  RememberForgottenAccounts1795354000000,
  GuardOwnTablesOnly1795356000000,
  KeepKeys1795357800000,
  RefuseEachRow1795358400000,
];

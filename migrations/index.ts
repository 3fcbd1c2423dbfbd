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
import { CreateWebhooks1795325400000 } from "./1795325400000-create-webhooks";

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
];

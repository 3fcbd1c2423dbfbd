import type { Word } from "../words";
import { bulk } from "./bulk";
import { commands } from "./commands";
import { entitlement } from "./entitlement";
import { entitlements } from "./entitlements";
import { find } from "./find";
import { history } from "./history";
import { historySearch } from "./history-search";
import { policies } from "./policies";
import { shell } from "./shell";
import { states } from "./states";
import { waiting } from "./waiting";

/** All words in German. */
export const WORDS: Record<Word, string> = {
  ...shell,
  ...find,
  ...states,
  ...entitlements,
  ...entitlement,
  ...history,
  ...historySearch,
  ...commands,
  ...bulk,
  ...policies,
  ...waiting,
};

import { isDeepStrictEqual } from "node:util";
import { SUPPORT_ACTIONS } from "../../../src/entities/course-entitlement-support-detail";
import { storedOrderNumber } from "../../../src/rules/entitlement-rules";
import { commandDifferences } from "./command-differences";
import type { Changes, Operation } from "./format";
import { stored } from "./operations";
import { instantsWithin } from "./requests";
import {
  entitlementOf,
  refused,
  withEntitlement,
  type ScenarioDifference,
  type Situation,
} from "./situation";
import type { Outcome, Row } from "./state";

const refusedWith = (situation: Situation, error: string, errorCause?: string) =>
  refused(situation, errorCause === undefined ? { error } : { error, errorCause });

const changed = (row: Row, changes: Changes): Row => ({
  ...row,
  ...changes,
  ...(changes.orderNumber === undefined ? {} : { orderNumber: storedOrderNumber(changes.orderNumber) }),
});
/** Whether there is a row, and changes that change it, or not. */
const changesNothing = (row: Row | undefined, changes: Changes) =>
  row !== undefined && isDeepStrictEqual(changed(row, changes), row);
const changesSomething = (row: Row | undefined, changes: Changes) =>
  row !== undefined && !isDeepStrictEqual(changed(row, changes), row);

const pointingAt = ({ state }: Situation, enrollment: string) =>
  Object.entries(state.entitlements).filter(([, row]) => row["enrollment"] === enrollment);

export const scenarioDifferences: readonly ScenarioDifference[] = [
  ...commandDifferences,
  {
    name: "no-change-no-history",
    reason: "A save that changes nothing writes nothing; the original stamps the row and adds a history row.",
    applies: (situation) => {
      const { op, state } = situation;
      if (op.op === "save") return changesNothing(entitlementOf(situation), op.changes!);
      if (op.op === "saveFields") return changesNothing(entitlementOf(situation), stored(op));
      return op.op === "supportSave" && state.supportDetails[op.detail!]?.["comments"] === op.comments;
    },
    instead: ({ state }, recorded) => ({ ...recorded, state, history: {} }),
  },
  {
    name: "history-from-database",
    reason: "History is a copy of the stored row; the original copies the object in memory, stored or not.",
    applies: ({ op, state }) =>
      (op.op === "saveFields" &&
        state.entitlements[op.entitlement!] !== undefined &&
        Object.keys(op.changes!).length > Object.keys(stored(op)).length) ||
      (op.op === "deleteDirty" && changesSomething(state.entitlements[op.entitlement!], op.changes!)),
    instead: (situation, recorded) => {
      const { state, history } = recorded;
      const alias = situation.op.entitlement!;
      const row = state.entitlements[alias] ?? entitlementOf(situation);
      const entries = history[alias] ?? [];
      return { ...recorded, history: { ...history, [alias]: entries.map((entry) => ({ ...entry, row })) } };
    },
  },
  {
    name: "no-stale-overwrite",
    reason:
      "Every change starts from the locked row; in the original a stale copy undoes what happened meanwhile.",
    applies: ({ op, state }) =>
      op.op === "staleSave" && changesSomething(state.entitlements[op.entitlement!], op.first!),
    instead: (situation, recorded) => {
      const alias = situation.op.entitlement!;
      const first = { ...changed(entitlementOf(situation), situation.op.first!), modified: situation.at };
      const second = { ...changed(first, situation.op.second!), modified: situation.endedAt };
      const entries = recorded.history[alias]!.map((entry, i) => ({ ...entry, row: [first, second][i]! }));
      return {
        ...recorded,
        state: withEntitlement(situation.state, alias, second),
        history: { [alias]: entries },
      };
    },
  },
  {
    name: "no-resurrection",
    reason: "A row that was deleted meanwhile is not there to be changed; the original inserts it again.",
    applies: ({ op, state }) =>
      op.op === "saveAfterDelete" && state.entitlements[op.entitlement!] !== undefined,
    instead: ({ op, state }, recorded) => {
      const { [op.entitlement!]: _, ...entitlements } = state.entitlements;
      const [deleted] = recorded.history[op.entitlement!]!;
      return {
        ...recorded,
        result: { error: "DoesNotExist" },
        state: { ...state, entitlements },
        history: { ...recorded.history, [op.entitlement!]: [deleted!] },
      };
    },
  },
  {
    name: "empty-order-number",
    reason: "An order number is null or non-empty, whatever writes it; the original lets SQL store ''.",
    applies: ({ op, state }) =>
      op.op === "queryUpdate" &&
      state.entitlements[op.entitlement!] !== undefined &&
      op.changes!.orderNumber === "",
    instead: (situation) => refusedWith(situation, "CheckViolation"),
  },
  {
    name: "bulk-writes-are-recorded",
    reason: "The database itself records what a bulk update changed; the original leaves no history of it.",
    applies: ({ op, state }) =>
      op.op === "queryUpdate" &&
      op.changes!.orderNumber !== "" &&
      changesSomething(state.entitlements[op.entitlement!], op.changes!),
    instead: ({ op }, recorded) => ({
      ...recorded,
      history: {
        [op.entitlement!]: [{ type: "~", by: null, row: recorded.state.entitlements[op.entitlement!]! }],
      },
    }),
  },
  {
    name: "row-and-history-are-one",
    reason:
      "When its history cannot be written a change does not happen; the original without a transaction keeps it.",
    applies: ({ op }) => op.historyFault === true && (op.transaction ?? "none") === "none",
    instead: (situation) => refusedWith(situation, "HistoryFault"),
  },
  {
    name: "declared-support-actions",
    reason: "Only declared support actions are stored; the original stores any text.",
    applies: ({ op }) => op.op === "supportCreate" && !Object.hasOwn(SUPPORT_ACTIONS, op.action!),
    instead: (situation) => refusedWith(situation, "CheckViolation"),
  },
  {
    name: "no-cascade-loss",
    reason:
      "Deleting an enrollment, a policy or a support agent never deletes an entitlement or what support did; the original's cascades do.",
    applies: (situation) => {
      const { op, state } = situation;
      if (op.op === "deleteEnrollment") return pointingAt(situation, `${op.user}/${op.run}`).length > 0;
      if (op.op === "deletePolicy")
        return Object.values(state.entitlements).some((row) => row["policy"] === op.policy);
      return (
        op.op === "deleteUser" &&
        Object.values(state.supportDetails).some(
          (row) =>
            row["supportUser"] === op.user &&
            state.entitlements[String(row["entitlement"])]?.["user"] !== op.user,
        )
      );
    },
    instead: (situation, recorded) => {
      const { op } = situation;
      if (op.op === "deletePolicy") return refusedWith(situation, "IntegrityError", "foreign-key");
      return op.op === "deleteEnrollment" ? unlinked(situation, recorded) : unsigned(situation, recorded);
    },
  },
  {
    name: "history-keeps-names",
    reason:
      "Who changed something stays in history when their account is deleted; the original forgets them.",
    applies: ({ op, past }) => op.op === "deleteUser" && past.some(({ by }) => by === op.user),
    instead: (_, recorded) => ({ ...recorded, isPastKept: true }),
  },
];

/** The names of the differences that keep a group of steps from being compared at all. */
export function differencesWithin(
  situation: Situation,
  differences: readonly ScenarioDifference[],
): string[] {
  let { state } = situation;
  const names = new Set<string>();
  const instants = situation.op.steps ? instantsWithin(situation.op, situation.at) : [];
  for (const [index, op] of (situation.op.steps ?? []).entries()) {
    const within = { ...situation, op, at: instants[index]!, state };
    for (const { name, applies } of differences) if (applies(within)) names.add(name);
    const row = op.op === "create" ? created(op) : state.entitlements[op.entitlement!];
    if (row) state = withEntitlement(state, op.entitlement!, changed(row, op.changes ?? {}));
  }
  return [...names];
}

/** What a creation would store that later steps of its group can change. */
function created({ mode, orderNumber, refundLocked, policy, expiredAt, courseUuid, user }: Operation): Row {
  const stored = {
    mode,
    orderNumber: storedOrderNumber(orderNumber!),
    refundLocked,
    policy,
    expiredAt,
    courseUuid,
    user,
  };
  return { ...stored, enrollment: null };
}

/** After the enrollment is gone: its entitlements stay and are free again. */
function unlinked(situation: Situation, recorded: Outcome): Outcome {
  const enrollment = `${situation.op.user}/${situation.op.run}`;
  const { [enrollment]: _, ...enrollments } = situation.state.enrollments;
  const freed = pointingAt(situation, enrollment).map(
    ([alias, row]) => [alias, { ...row, enrollment: null }] as const,
  );
  return {
    ...recorded,
    state: {
      ...situation.state,
      enrollments,
      entitlements: { ...situation.state.entitlements, ...Object.fromEntries(freed) },
    },
    history: Object.fromEntries(freed.map(([alias, row]) => [alias, [{ type: "~", by: null, row }]])),
  };
}

/** After a support agent is gone: what they did stays, without them. */
function unsigned({ op, state }: Situation, recorded: Outcome): Outcome {
  const signed = Object.entries(state.supportDetails).filter(
    ([, row]) => row["supportUser"] === op.user && recorded.state.entitlements[String(row["entitlement"])],
  );
  const kept = signed.map(([alias, row]) => [alias, { ...row, supportUser: null }] as const);
  return {
    ...recorded,
    state: {
      ...recorded.state,
      supportDetails: { ...recorded.state.supportDetails, ...Object.fromEntries(kept) },
    },
    history: {
      ...recorded.history,
      ...Object.fromEntries(kept.map(([alias, row]) => [alias, [{ type: "~", by: null, row }]])),
    },
  };
}

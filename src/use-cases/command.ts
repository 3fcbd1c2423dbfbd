import type { EntityManager } from "typeorm";
import type { App } from "../app";
import { rolesOf, type Actor } from "../auth/actor";
import { Denied, denialOf } from "../auth/denial";
import { system, type Who } from "../auth/who";
import { transact, type Change, type ChangeSource } from "../store/transact";
import { retryRaces } from "./races";
import { rehearse, type Rehearsal } from "./rehearsal";

/** A call of a command: who calls, the instant that its decisions are taken at, and the id of the request. */
export interface Call {
  app: App;
  /** Null when the caller is not signed in. */
  actor: Actor | null;
  /** The instant at which all decisions of the call are taken. */
  now: Date;
  requestId: string | null;
  /** Present in a dry run, which is rolled back: collects the history entries that would have been recorded. */
  rehearsal?: Rehearsal | null;
}

/**
 * A call whose caller may give the command. Only a command creates one, so functions that receive it need not check
 * again.
 */
export interface CommandRequest extends Call {
  actor: Actor;
  /** The command's public name, which history keeps as the operation of all its changes. */
  command: string;
}

/**
 * A command, as the interfaces of the server call it. Rejects with Denied when the caller may not give it, and with
 * Refusal when a rule forbids it.
 */
export type Command<Input, Result> = (call: Call, input: Input) => Promise<Result>;

const whoByName = new Map<string, Who>();

/** Who may give each command, by its public name: of all commands whose files have been loaded. */
export const COMMANDS: ReadonlyMap<string, Who> = whoByName;

/**
 * Declares a command that is one transaction: either wholly done or not at all. It rejects with Denied, before anything
 * happens, when the caller may not give it. A transaction that loses a race is repeated with new decisions.
 */
export function command<Input, Result>(
  name: string,
  who: Who,
  work: (tx: EntityManager, request: CommandRequest, input: Input) => Promise<Result>,
): Command<Input, Result> {
  return commandInSteps(name, who, (request, input: Input) => act(request, (tx) => work(tx, request, input)));
}

/**
 * Declares a command that opens its transactions itself, by `act`, because it needs several or calls another system
 * between them.
 */
export function commandInSteps<Input, Result>(
  name: string,
  who: Who,
  work: (request: CommandRequest, input: Input) => Promise<Result>,
): Command<Input, Result> {
  const giver = register(name, who);
  return async (call, input) => {
    const denial = denialOf(call.actor, giver, name);
    if (denial) throw new Denied(denial);
    const { app, now, requestId, rehearsal } = call;
    return work({ app, actor: call.actor!, now, requestId, rehearsal, command: name }, input);
  };
}

/** The signature of the system's own changes, with their source and the request that they belong to. */
export type SystemSignature = (source: ChangeSource, requestId: string | null) => Change;

/** Declares a command that only the system gives, to itself: a job, or an operator at the command line. */
export function systemCommand<Arguments extends unknown[], Result>(
  name: string,
  work: (sign: SystemSignature, ...given: Arguments) => Promise<Result>,
): (...given: Arguments) => Promise<Result> {
  register(name, system);
  const sign: SystemSignature = (source, requestId) => ({
    userId: null,
    userLabel: "system",
    reason: name,
    source,
    requestId,
  });
  return (...given) => work(sign, ...given);
}

function register(name: string, who: Who): Who {
  if (whoByName.has(name)) throw new Error(`There are two commands named ${name}`);
  const giver = { ...who, changes: true };
  whoByName.set(name, giver);
  return giver;
}

/**
 * One transaction of a command, signed with its name. It is repeated with new decisions when it loses a race, and
 * rolled back in a dry run.
 */
export function act<T>(request: CommandRequest, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const { app, rehearsal } = request;
  const change = changeOf(request);
  return retryRaces(() =>
    rehearsal ? rehearse(app.db, change, rehearsal, work) : transact(app.db, change, work),
  );
}

/** Who makes the changes of a command, and by which command. */
export function changeOf({ actor, requestId, command: reason }: CommandRequest): Change {
  const { userId, username: userLabel } = actor;
  return { userId, userLabel, userRole: rolesOf(actor)[0]!, reason, source: "API", requestId };
}

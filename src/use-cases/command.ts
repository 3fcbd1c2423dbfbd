import type { EntityManager } from "typeorm";
import type { App } from "../app";
import { rolesOf, type Actor } from "../auth/actor";
import { Denied, denialOf } from "../auth/denial";
import type { Who } from "../auth/who";
import type { EnrollmentCall } from "../entities/enrollment-call";
import { faultPoint } from "../store/fault-point";
import { transact, type Change } from "../store/transact";
import { retryRaces } from "./races";
import { rehearse, type Rehearsal } from "./rehearsal";
import { register } from "./system-command";

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
  /**
   * The calls to the LMS that the latest transaction has asked for; after it, as they are then. Null where the sweep is to
   * make them.
   */
  calls: EnrollmentCall[] | null;
  /** The command's public name, which history keeps as the operation of all its changes. */
  command: string;
}

/**
 * A command, as the interfaces of the server call it. Rejects with Denied when the caller may not give it, and with
 * Refusal when a rule forbids it.
 */
export type Command<Input, Result> = (call: Call, input: Input) => Promise<Result>;

/**
 * Declares a command that is one transaction: either wholly done or not at all. It rejects with Denied, before anything
 * happens, when the caller may not give it. A transaction that loses a race is repeated with new decisions.
 */
export function command<Input, Result>(
  name: string,
  who: Who,
  work: (tx: EntityManager, request: CommandRequest, input: Input) => Promise<Result>,
  before?: Before<Input>,
): Command<Input, Result> {
  const inOne = (request: CommandRequest, input: Input) => act(request, (tx) => work(tx, request, input));
  return commandInSteps(name, who, inOne, before);
}

/**
 * What a command does before its transaction, once its caller is known to be allowed to give it: it asks other systems for
 * what it will decide over, and records the answers. A dry run asks nobody.
 */
export type Before<Input> = (request: CommandRequest, input: Input) => Promise<void>;

/**
 * Declares a command that opens its transactions itself, by `act`, because it needs several or calls another system
 * between them.
 */
export function commandInSteps<Input, Result>(
  name: string,
  who: Who,
  work: (request: CommandRequest, input: Input) => Promise<Result>,
  before: Before<Input> = async () => {},
): Command<Input, Result> {
  const giver = register(name, who);
  return async (call, input) => {
    const denial = denialOf(call.actor, giver, name);
    if (denial) throw new Denied(denial);
    const { app, now, requestId, rehearsal } = call;
    const request = { app, actor: call.actor!, now, requestId, rehearsal, calls: [], command: name };
    if (!rehearsal) await before(request, input);
    return work(request, input);
  };
}

/**
 * One transaction of a command, signed with its name, and then the calls to the LMS that it asks for. It is repeated with
 * new decisions when it loses a race, and rolled back in a dry run.
 */
export async function act<T>(request: CommandRequest, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const { app, rehearsal, calls } = request;
  const change = changeOf(request);
  const intend = async (tx: EntityManager) => {
    const result = await work(tx);
    if (calls?.[0]) await faultPoint("intend:beforeCommit", calls[0].id);
    return result;
  };
  const result = await retryRaces(() => {
    if (calls) calls.length = 0;
    return rehearsal ? rehearse(app.db, change, rehearsal, work) : transact(app.db, change, intend);
  });
  if (!calls?.[0]) return result;
  await faultPoint("intend:afterCommit", calls[0].id);
  calls.splice(0, Infinity, ...(await app.callLms(app, change, calls)));
  return result;
}

/** Who makes the changes of a command, and by which command. */
export function changeOf({ actor, requestId, command: reason }: CommandRequest): Change {
  const { userId, username: userLabel } = actor;
  return { userId, userLabel, userRole: rolesOf(actor)[0]!, reason, source: "API", requestId };
}

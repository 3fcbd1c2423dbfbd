import type { EntityManager } from "typeorm";
import type { App } from "../app";
import { system, type Who } from "../auth/who";
import { again } from "../store/again";
import { transact, type Change, type ChangeSource } from "../store/transact";

const whoByName = new Map<string, Who>();

/** Who may give each command, by its public name: of all commands whose files have been loaded. */
export const COMMANDS: ReadonlyMap<string, Who> = whoByName;

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

/**
 * Declares a command of the system that stores something in one transaction, which is done again after a lost race. Its
 * changes belong to no request.
 */
export function storeCommand<Arguments extends unknown[], Result>(
  name: string,
  store: (tx: EntityManager, ...given: Arguments) => Promise<Result>,
): (app: Pick<App, "db">, ...given: Arguments) => Promise<Result> {
  return systemCommand(name, (sign, { db }: Pick<App, "db">, ...given: Arguments) =>
    again(() => transact(db, sign("JOB", null), (tx) => store(tx, ...given))),
  );
}

/** Adds a command to those that there are; throws an error when its name is taken. */
export function register(name: string, who: Who): Who {
  if (whoByName.has(name)) throw new Error(`There are two commands named ${name}`);
  const giver = { ...who, changes: true };
  whoByName.set(name, giver);
  return giver;
}

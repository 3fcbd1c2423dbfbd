import {
  execute,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
} from "graphql";
import type { App } from "../../src/app";
import type { Actor } from "../../src/auth/actor";
import { USER_IDS, type Username } from "../../src/demo/cast";
import { createContext } from "../../src/graphql/context";
import { buildGraphQLSchema } from "../../src/graphql/schema";
import { appOn } from "./app";
import { useDatabase } from "./database";

export const schema = buildGraphQLSchema();

/** An account of the demo world, as an actor. */
export function actor(username: Username, roles: Partial<Actor> = {}): Actor {
  const none = { isSupport: false, isStaff: false, isService: false, isAuditor: false, isSuperuser: false };
  return { userId: USER_IDS[username], username, ...none, ...roles };
}

export const ada = actor("ada");
export const bob = actor("bob");
/** Reads the data of all learners, and changes nothing. */
export const auditor = actor("empty_handed", { isAuditor: true });
export const grace = actor("grace", { isSupport: true });

/** The product on a database of this file's own that holds the demo world, without HTTP around it. */
export function useDemoApp(settings: Record<string, string> = {}): App {
  return appOn(useDatabase("demo"), { SITE_DOMAIN: "demo.example", ...settings });
}

/** Answers a document as the server would once it has let the request in. */
export async function ask<Data = Record<string, unknown>>(
  app: App,
  asking: Actor,
  source: string,
  variableValues: Record<string, unknown> = {},
  operationName?: string,
): Promise<ExecutionResult<Data>> {
  const { document, faults } = read(source);
  if (faults.length > 0) return { errors: faults };
  const contextValue = createContext(app, asking, "test-request");
  const result = await execute({ schema, document, variableValues, operationName, contextValue });
  return result as ExecutionResult<Data>;
}

const documents = new Map<string, { document: DocumentNode; faults: readonly GraphQLError[] }>();

/** Parses and validates each document once, as the server does. */
function read(source: string) {
  let found = documents.get(source);
  if (!found) {
    const document = parse(source);
    found = { document, faults: validate(schema, document) };
    documents.set(source, found);
  }
  return found;
}

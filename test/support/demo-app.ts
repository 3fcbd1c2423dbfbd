import { execute, parse, validate, type ExecutionResult } from "graphql";
import type { App } from "../../src/app";
import type { Actor } from "../../src/auth/actor";
import { USER_IDS, type Username } from "../../src/demo/cast";
import { fillDemoWorld } from "../../src/demo/world";
import { createContext } from "../../src/graphql/context";
import { buildGraphQLSchema } from "../../src/graphql/schema";
import { appOn } from "./app";
import { openTestDatabase } from "./database";

export const schema = buildGraphQLSchema();

/** One of the demo world's people, as their token would say. */
export function actor(username: Username, roles: Partial<Actor> = {}): Actor {
  const none = { isSupport: false, isStaff: false, isService: false, isSuperuser: false };
  return { userId: USER_IDS[username], username, ...none, ...roles };
}

export const ada = actor("ada");
export const bob = actor("bob");
export const grace = actor("grace", { isSupport: true });

/** The product on a database of its own that holds the demo world, without HTTP around it. */
export async function openDemoApp(
  settings: Record<string, string> = {},
): Promise<{ app: App; close: () => Promise<void> }> {
  const database = await openTestDatabase();
  const app = appOn(database.db, { SITE_DOMAIN: "demo.example", ...settings });
  await fillDemoWorld(app);
  return { app, close: () => database.close() };
}

/** Answers a document as the server would once it has let the request in. */
export async function ask<Data = Record<string, unknown>>(
  app: App,
  asking: Actor,
  source: string,
  variableValues: Record<string, unknown> = {},
  operationName?: string,
): Promise<ExecutionResult<Data>> {
  const document = parse(source);
  const faults = validate(schema, document);
  if (faults.length > 0) return { errors: faults };
  const contextValue = createContext(app, asking, "test-request");
  const result = await execute({ schema, document, variableValues, operationName, contextValue });
  return result as ExecutionResult<Data>;
}

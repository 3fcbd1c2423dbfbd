import { getNamedType, type GraphQLSchema } from "graphql";
import { readPermissions, type Permissions } from "../auth/permissions";
import { anyone, nobody, type Who } from "../auth/who";
import { COMMANDS } from "../use-cases/system-command";

/** Who may ask for which field of the schema. A mutation is for those who may give the command of its name. */
export function permissionsOf(schema: GraphQLSchema): Permissions {
  const mutations: Record<string, Who> = {};
  const payloads: Record<string, Permissions[string]> = {};
  for (const { name, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    mutations[name] = COMMANDS.get(name) ?? nobody;
    payloads[getNamedType(type).name] = { "*": anyone };
  }
  return { ...readPermissions, ...payloads, Mutation: mutations };
}

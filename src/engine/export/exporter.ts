import {
  Kind,
  parse,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import type { App } from "../../app";
import type { Actor } from "../../auth/actor";
import { createContext } from "../../graphql/context";
import { BAD_USER_INPUT, SERVICE_UNAVAILABLE } from "../error-codes";
import { causeOf, publicError } from "../errors";
import { runner } from "../execution/executor";
import { columnsOf } from "./columns";
import { ExportFault } from "./export-fault";
import { documentOf, LISTS, type ListName } from "./lists";
import { filterOf } from "./parameters";

/** An object of a list, in the form of GraphQL. */
export type ExportedRow = Readonly<Record<string, unknown>>;

/** A list that is being taken out. */
export interface Exported {
  /** The paths of the values of each object. */
  columns: readonly (readonly string[])[];
  /** The pages of the list. Throws ExportFault for what the client has got wrong, and while the database is away. */
  pages: AsyncIterable<readonly ExportedRow[]>;
}

/**
 * Takes a list out for an actor, whose right to it has been checked. `parameters` are those of the filter. Throws
 * ExportFault.
 */
export type Exporter = (
  list: ListName,
  parameters: URLSearchParams,
  actor: Actor,
  requestId: string,
) => Exported;

/** A page as the documents of the lists ask for it. */
interface PageOfList {
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  edges: { node: ExportedRow }[];
}

/**
 * Takes lists out by asking for their pages in GraphQL: so the filters, the rules for them and the form of the objects
 * are those of the API. Whatever was there at the beginning and stays there is in one of the pages.
 */
export function exporter(app: App, schema: GraphQLSchema): Exporter {
  const run = runner(schema);
  const documents = new Map(
    Object.keys(LISTS).map((list) => [list, parse(documentOf(list as ListName))] as const),
  );
  return (list, parameters, actor, requestId) => {
    const filter = filterOf(schema, list, parameters);
    const document = documents.get(list)!;
    const operation = document.definitions[0] as OperationDefinitionNode;

    async function read(after: string | null): Promise<PageOfList> {
      const context = createContext(app, actor, requestId);
      const { data, errors } = await run({ document, operation, variables: { filter, after }, context });
      if (errors) throw faultOf(errors[0]!);
      return data![list] as PageOfList;
    }
    async function* pages() {
      let page: PageOfList;
      let after: string | null = null;
      do {
        page = await read(after);
        yield page.edges.map(({ node }) => node);
        after = page.pageInfo.endCursor;
      } while (page.pageInfo.hasNextPage);
    }
    return { columns: columnsOfList(schema, list), pages: pages() };
  };
}

function columnsOfList(schema: GraphQLSchema, list: ListName): string[][] {
  const { type, fields } = LISTS[list];
  const [selected] = parse(`{ ${fields} }`).definitions;
  if (selected?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${list} selects nothing`);
  return columnsOf(schema.getType(type) as GraphQLObjectType, selected.selectionSet);
}

/** What a client is told of an error; what is not the client's is the error itself. */
function faultOf(error: GraphQLError): unknown {
  const { message, extensions } = publicError(error.toJSON(), error);
  const code = extensions?.["code"];
  if (code === BAD_USER_INPUT) return new ExportFault(400, code, message);
  if (code === SERVICE_UNAVAILABLE) return new ExportFault(503, code, message);
  return causeOf(error);
}

import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  typeFromAST,
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";
import { COST } from "../../graphql/context";
import { PAGE_AT_MOST } from "../../graphql/pages/connection";
import { DataExportScalar } from "../../graphql/scalars";
import { fragmentsOf } from "./documents";
import { LIMITS } from "./limits";
import { itemsOf, type Given, type PageSize, type Variables } from "./page-size";

/** The lists of an operation, its looks at other times and its values, with those inside of each of their items. */
interface Page {
  size: PageSize;
  inner: Page[];
  /** A page, whose size a client chooses; another list; a look at another time; or a field without a selection. */
  kind: "page" | "objects" | "look" | "value" | "total";
}

/** A field without a selection. */
const VALUE: Page = { size: [1], inner: [], kind: "value" };
/** The number of all objects that a list has, which are counted for it. */
const TOTAL: Page = { size: [1], inner: [], kind: "total" };

/** What a field of the schema tells of its list. */
export interface ListExtensions {
  /** The list has an item for each one of a list in the input of its mutation, and so many at most. */
  itemsAtMost?: number;
}

/** Fields that show an object at another time, or prove it, which is one more to load each time. */
const TIME_TRAVEL = new Set(["asOf", "previous", "next", "state", "revertedTo", "proof"]);

/** What an operation can return at most. */
export interface Counted {
  /** The items of its pages. */
  nodes: number;
  /** The items of its pages and lists, and the objects that it shows at another time. */
  objects: number;
  /** The fields of all of these that have no selection of their own. */
  values: number;
  /** The work for all of these, in objects of a page. */
  cost: number;
}

/** What the data of an account count for: a page of their entitlements, and a page of the history of each. */
const DATA_EXPORT: Page = {
  size: [LIMITS.dataExportItems],
  inner: [{ size: [PAGE_AT_MOST], inner: [], kind: "objects" }],
  kind: "objects",
};

/** Counts what an operation can return: nested pages and lists multiply. A plain list counts as LIMITS.listItems. */
export type NodeCounter = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
) => Counted;

/** A counter that reads each operation once and then only multiplies. */
export function nodeCounter(schema: GraphQLSchema): NodeCounter {
  const known = new WeakMap<OperationDefinitionNode, Page[]>(); // as long as the document is kept
  return (document, operation, variables) => {
    const pages = known.get(operation) ?? new PageReader(schema, document, operation).read();
    known.set(operation, pages);
    return {
      nodes: count(pages, variables, "nodes"),
      objects: count(pages, variables, "objects"),
      values: count(pages, variables, "values"),
      cost: count(pages, variables, "cost"),
    };
  };
}

function count(pages: readonly Page[], variables: Variables, counted: keyof Counted): number {
  let all = 0;
  for (const { size, inner, kind } of pages) {
    const within = count(inner, variables, counted);
    const isValue = kind === "value" || kind === "total";
    if (counted === "nodes" && kind !== "page") all += within;
    else {
      const own = { nodes: 1, objects: Number(!isValue), values: Number(isValue), cost: COST[kind] }[counted];
      all += itemsOf(size, variables) * (own + within);
    }
  }
  return all;
}

/** Reads the pages of one operation; what is selected twice under one name counts once, as it runs once. */
class PageReader {
  private readonly fragments: Map<string, FragmentDefinitionNode>;
  /** The input of the field of the root that is being read. */
  private input: ValueNode | undefined;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
  ) {
    this.fragments = fragmentsOf(document);
  }

  read(): Page[] {
    const root = this.schema.getRootType(this.operation.operation);
    return root ? this.pagesIn(root, [this.operation.selectionSet]) : [];
  }

  private pagesIn(type: GraphQLCompositeType, sets: SelectionSetNode[]): Page[] {
    const fields = new Map<string, { parent: GraphQLCompositeType; nodes: FieldNode[] }>();
    const seen = new Set<string>();
    for (const set of sets) this.collect(type, set, fields, seen);
    return [...fields.values()].flatMap(({ parent, nodes }) => this.pagesOf(parent, nodes));
  }

  private collect(
    parent: GraphQLCompositeType,
    set: SelectionSetNode,
    fields: Map<string, { parent: GraphQLCompositeType; nodes: FieldNode[] }>,
    seen: Set<string>,
  ): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const key = `${parent.name}.${(selection.alias ?? selection.name).value}`;
        const known = fields.get(key);
        if (known) known.nodes.push(selection);
        else fields.set(key, { parent, nodes: [selection] });
        continue;
      }
      let fragment: {
        typeCondition?: FragmentDefinitionNode["typeCondition"];
        selectionSet: SelectionSetNode;
      };
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (seen.has(selection.name.value)) continue;
        seen.add(selection.name.value);
        fragment = this.fragments.get(selection.name.value)!;
      } else fragment = selection;
      const condition = fragment.typeCondition && typeFromAST(this.schema, fragment.typeCondition);
      this.collect(isCompositeType(condition) ? condition : parent, fragment.selectionSet, fields, seen);
    }
  }

  private pagesOf(parent: GraphQLCompositeType, nodes: FieldNode[]): Page[] {
    if (parent === this.schema.getMutationType())
      this.input = nodes[0]!.arguments?.find(({ name }) => name.value === "input")?.value;
    const field =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[nodes[0]!.name.value] : undefined;
    const type = field && getNamedType(field.type);
    if (type === DataExportScalar) return [DATA_EXPORT];
    if (!isCompositeType(type)) return [field?.name === "totalCount" ? TOTAL : VALUE]; // or the schema itself
    const inner = this.pagesIn(
      type,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
    );
    if (!field!.args.some(({ name }) => name === "first")) {
      const isList = isListType(getNullableType(field!.type)) && field!.name !== "edges";
      if (!isList && !TIME_TRAVEL.has(field!.name)) return inner;
      const { itemsAtMost } = field!.extensions as ListExtensions;
      const size =
        itemsAtMost === undefined
          ? [isList ? LIMITS.listItems : 1]
          : { longestIn: this.input, atMost: itemsAtMost };
      return [{ size, inner, kind: isList ? "objects" : "look" }];
    }
    const size = ["first", "last"].map((argument) =>
      this.givenBy(nodes[0]!.arguments?.find(({ name }) => name.value === argument)),
    );
    const isOfAll = (part: Page) => part === TOTAL;
    return [{ size, inner: inner.filter((part) => !isOfAll(part)), kind: "page" }, ...inner.filter(isOfAll)];
  }

  private givenBy(given: ArgumentNode | undefined): Given {
    if (given?.value.kind === Kind.INT) return Number(given.value.value);
    if (given?.value.kind !== Kind.VARIABLE) return null;
    const variable = given.value.name.value;
    const definition = this.operation.variableDefinitions?.find(
      (one) => one.variable.name.value === variable,
    );
    const preset = definition?.defaultValue;
    return { variable, fallback: preset?.kind === Kind.INT ? Number(preset.value) : null };
  }
}

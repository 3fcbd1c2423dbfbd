import { IsOptional, Max, MaxLength, Min } from "class-validator";
import { ArgsType, Field, Int, ObjectType, type ClassType } from "type-graphql";
import { otherSideOf, type Key, type Page, type PageRequest } from "../../store/rows/page";
import { badInput } from "../bad-input";
import { CURSOR_LENGTH_AT_MOST, NOT_A_CURSOR, type Cursors } from "./cursors";

/** Rows a client may ask for at once. */
export const PAGE_AT_MOST = 100;
/** Rows of a page whose size the client has not said. */
export const PAGE_BY_DEFAULT = 20;
const RANGE = { message: `must be from 1 to ${PAGE_AT_MOST}` };

/** The arguments of every connection. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `The number of items to return from the start of the list or behind \`after\`, from 1 to ${PAGE_AT_MOST}; ${PAGE_BY_DEFAULT} without \`first\` and \`last\`.`,
  })
  @IsOptional()
  @Min(1, RANGE)
  @Max(PAGE_AT_MOST, RANGE)
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The cursor of the item after which the page begins; without it, the page begins at the start of the list.",
  })
  @IsOptional()
  @MaxLength(CURSOR_LENGTH_AT_MOST, { message: NOT_A_CURSOR })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `The number of items to return from the end of the list or before \`before\`, from 1 to ${PAGE_AT_MOST}; not together with \`first\` or \`after\`.`,
  })
  @IsOptional()
  @Min(1, RANGE)
  @Max(PAGE_AT_MOST, RANGE)
  last?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The cursor of the item before which the page ends; without it, a page of `last` ends at the end of the list. Not together with `first` or `after`.",
  })
  @IsOptional()
  @MaxLength(CURSOR_LENGTH_AT_MOST, { message: NOT_A_CURSOR })
  before?: string | null;
}

@ObjectType({ description: "The position of a page in its list." })
export class PageInfo {
  /** The page that was asked for. */
  page!: Page<unknown>;
  /** How it was asked for. */
  request!: PageRequest;
  /** Whether items are on the other side of the cursor that the page was asked for with. */
  isOtherSideFilled!: () => Promise<boolean>;

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The cursor of the first item of the page; null when the page is empty.",
  })
  startCursor!: string | null;

  @Field(() => String, {
    simple: true,
    nullable: true,
    description:
      "The cursor of the last item, to pass as `after` for the next page; null when the page is empty.",
  })
  endCursor!: string | null;
}

/** An item and where it stands. */
export interface Edge<T> {
  /** The place of the object in the list, which `after` and `before` take. */
  cursor: string;
  /** The object. */
  node: T;
}

/** A page as Relay shapes it. */
export interface Connection<T> {
  edges: Edge<T>[];
  pageInfo: PageInfo;
}

/** Declares the connection and edge types of a node type. */
export function connectionType<T extends object>(name: string, nodeType: ClassType<T>) {
  @ObjectType(`${name}Edge`, { description: "An item of a page with its cursor.", simpleResolvers: true })
  class EdgeType implements Edge<T> {
    @Field({ description: "The cursor of the item, to pass as `after` or `before`." })
    cursor!: string;

    @Field(() => nodeType, { description: "The item of the list." })
    node!: T;
  }

  @ObjectType(`${name}Connection`, { description: "A page of a list of items.", simpleResolvers: true })
  class ConnectionType implements Connection<T> {
    @Field(() => [EdgeType], { description: "The items of the page, each with its cursor." })
    edges!: Edge<T>[];

    @Field(() => PageInfo, { description: "The position of the page in its list." })
    pageInfo!: PageInfo;
  }
  return ConnectionType;
}

/** Makes its cursor when it is asked for, as few clients do. */
class PageEdge<Row, Node> implements Edge<Node> {
  constructor(
    readonly node: Node,
    private readonly row: Row,
    private readonly list: Pick<List<Row, Node>, "cursors" | "keyOf">,
  ) {}

  get cursor(): string {
    return this.list.cursors.write(this.list.keyOf(this.row));
  }
}

/** The key of an object in a list that is sorted by creation. */
export function createdKey({ createdAt, id }: { createdAt: Date; id: string }): Key {
  return { value: createdAt.toISOString(), id };
}

/** A list that is shown in pages. */
export interface List<Row, Node> {
  cursors: Cursors;
  /** The sort value and id of a row, of which its cursor is made. */
  keyOf: (row: Row) => Key;
  toNode: (row: Row) => Node;
  /** Reads a page: lists that belong to the objects of one request are read together where they ask for the same page. */
  read: (page: PageRequest) => Promise<Page<Row>>;
}

/** The page of a list that the arguments ask for. */
export async function connectionOf<Row, Node>(
  list: List<Row, Node>,
  args: PageArgs,
): Promise<Connection<Node>> {
  const request = requestOf(args, list.cursors);
  const page = await list.read(request);
  const edges = page.rows.map((row) => new PageEdge(list.toNode(row), row, list));
  return {
    edges,
    pageInfo: {
      page,
      request,
      isOtherSideFilled: async () => request.key !== null && (await list.read(otherSideOf(request))).hasMore,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}

/** What the arguments ask for: forward with `first` or `after`, backward with `last` or `before`, never both. */
function requestOf({ first, after, last, before }: PageArgs, cursors: Cursors): PageRequest {
  const forward = isGiven(first) ? "first" : isGiven(after) ? "after" : null;
  const backward = isGiven(last) ? "last" : isGiven(before) ? "before" : null;
  if (forward && backward) throw badInput(backward, `must not be given with "${forward}"`);
  return backward
    ? { size: last ?? PAGE_BY_DEFAULT, key: cursors.read(before, "before"), isBackward: true }
    : { size: first ?? PAGE_BY_DEFAULT, key: cursors.read(after, "after"), isBackward: false };
}

function isGiven(argument: unknown): boolean {
  return argument !== undefined && argument !== null;
}

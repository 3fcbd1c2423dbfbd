import { IsOptional, Max, MaxLength, Min } from "class-validator";
import { ArgsType, Field, Int, ObjectType, type ClassType } from "type-graphql";
import type { Key, Page } from "../../store/rows/page";
import { CURSOR_LENGTH_AT_MOST, NOT_A_CURSOR, type Cursors } from "./cursors";

/** Rows a client may ask for at once. */
export const FIRST_AT_MOST = 100;
const RANGE = { message: `must be from 1 to ${FIRST_AT_MOST}` };

/** The arguments of every connection: forward only. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    defaultValue: 20,
    description: `The number of items to return, from 1 to ${FIRST_AT_MOST}.`,
  })
  @Min(1, RANGE)
  @Max(FIRST_AT_MOST, RANGE)
  first!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "The cursor of the item after which the page begins; without it, the page begins at the start of the list.",
  })
  @IsOptional()
  @MaxLength(CURSOR_LENGTH_AT_MOST, { message: NOT_A_CURSOR })
  after?: string | null;
}

@ObjectType({ description: "The position of a page in its list." })
export class PageInfo {
  @Field({ simple: true, description: "Whether more items follow this page." })
  hasNextPage!: boolean;

  @Field({ simple: true, description: "Always false, because a list can only be read forward." })
  hasPreviousPage!: boolean;

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
  /** The place of the object in the list, which `after` takes. */
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
    @Field({ description: "The cursor of the item, to pass as `after`." })
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
    private readonly cursors: Cursors,
    private readonly keyOf: (row: Row) => Key,
  ) {}

  get cursor(): string {
    return this.cursors.write(this.keyOf(this.row));
  }
}

/** Shapes a page of a list, with a cursor made of each row's sort value and id. */
export function toConnection<Row, Node>(
  page: Page<Row>,
  cursors: Cursors,
  keyOf: (row: Row) => Key,
  toNode: (row: Row) => Node,
): Connection<Node> {
  const edges = page.rows.map((row) => new PageEdge(toNode(row), row, cursors, keyOf));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: false,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}

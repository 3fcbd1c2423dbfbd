import { execute, parse, type GraphQLResolveInfo } from "graphql";
import { Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql";
import { accountOf, type UserFacts } from "../../reads/accounts/users";
import { enrollmentsOfUser } from "../../reads/enrollments";
import { isCaller, type Context } from "../context";
import { DataExportScalar } from "../scalars";
import { UserView } from "../types/user";

/** So many pages of 100 entitlements are told, and of each entitlement 100 changes; likewise so many enrollments. */
const PAGES_AT_MOST = 5;
const ENROLLMENTS_AT_MOST = 1_000;

const PAGE = parse(`query ($after: String) {
  viewer { entitlements(first: 100, scope: ALL, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node {
      id courseUuid mode state orderNumber createdAt modifiedAt renewedAt expiredAt expiresAt isRefundLocked
      enrollment { id courseRun { key } mode isActive }
      refunds { id orderNumber state createdAt modifiedAt shopReferences }
      history(first: 100, filter: { entityTypes: [COURSE_ENTITLEMENT, REFUND] }) {
        pageInfo { hasNextPage }
        edges { node { id changedAt entityType entityId type reason changedByLabel source changes { field from to } } }
      }
    } }
  } }
}`);

interface Page<Node> {
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  edges: { node: Node }[];
}
type Told = Record<string, unknown> & { history: Page<unknown> };

@Resolver(() => UserView)
export class DataExportResolver {
  @FieldResolver(() => DataExportScalar, {
    nullable: true,
    description:
      "All that is held about the account, for requests of access to personal data; null for an account other than the caller's. It costs as much as 5,050 objects.",
  })
  async dataExport(
    @Root() user: UserFacts,
    @Ctx() context: Context,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<object | null> {
    if (!isCaller(user, context.actor)) return null;
    const { db } = context.app;
    const entitlements: Told[] = [];
    let rest: string | null = null;
    for (let page = 0; page === 0 || (rest !== null && page < PAGES_AT_MOST); page++) {
      const answer = await execute({
        schema,
        document: PAGE,
        contextValue: context,
        variableValues: { after: rest },
      });
      if (answer.errors) throw answer.errors[0]!;
      const { edges, pageInfo } = (answer.data as unknown as { viewer: { entitlements: Page<Told> } }).viewer
        .entitlements;
      entitlements.push(...edges.map(({ node }) => node));
      rest = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    }
    const enrollments = await enrollmentsOfUser(db, user.id, ENROLLMENTS_AT_MOST + 1);
    const isCut = entitlements.some(({ history }) => history.pageInfo.hasNextPage);
    return {
      complete: rest === null && !isCut && enrollments.length <= ENROLLMENTS_AT_MOST,
      user: await accountOf(db, user.id),
      entitlements: entitlements.map(({ history, ...told }) => ({
        ...told,
        history: history.edges.map(({ node }) => node),
      })),
      enrollments: enrollments.slice(0, ENROLLMENTS_AT_MOST),
    };
  }
}

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
} from "@tanstack/react-router";
import { Frame } from "./frame";
import { NotFound } from "./not-found";
import { SignIn } from "./sign-in";

/** The router reads `?q=12` as a number. */
const text = (value: unknown) =>
  (typeof value === "string" && value) || typeof value === "number" ? String(value) : undefined;

/** What an address may say after its question mark; everything else is dropped. */
const saying =
  <Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>): { [name in Name]?: string } =>
    Object.fromEntries(names.map((name) => [name, text(search[name])])) as { [name in Name]?: string };

const root = createRootRoute({ notFoundComponent: NotFound });
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/signin",
  validateSearch: saying("back"),
  component: SignIn,
});
const frame = createRoute({ getParentRoute: () => root, id: "frame", component: Frame });

const screen = <Path extends string, Name extends string>(
  path: Path,
  names: Name[],
  component: RouteComponent,
) => createRoute({ getParentRoute: () => frame, path, validateSearch: saying(...names), component });

const screens = [
  screen(
    "/",
    ["q"],
    lazyRouteComponent(() => import("../screens/find/screen")),
  ),
  screen(
    "/learners/$username",
    ["state", "at"],
    lazyRouteComponent(() => import("../screens/learner/screen")),
  ),
  screen(
    "/courses/$key",
    ["state", "at"],
    lazyRouteComponent(() => import("../screens/course/screen")),
  ),
  screen(
    "/entitlements/$id",
    ["at", "from", "to"],
    lazyRouteComponent(() => import("../screens/entitlement/screen")),
  ),
  screen(
    "/refunds",
    ["state", "learner", "order", "after"],
    lazyRouteComponent(() => import("../screens/refunds/screen")),
  ),
  screen(
    "/calls",
    ["state", "learner", "after"],
    lazyRouteComponent(() => import("../screens/calls/screen")),
  ),
  screen(
    "/bulk",
    ["do", "outcome"],
    lazyRouteComponent(() => import("../screens/bulk/screen")),
  ),
  screen(
    "/policies",
    ["policy"],
    lazyRouteComponent(() => import("../screens/policies/screen")),
  ),
  screen(
    "/history",
    ["q", "by"],
    lazyRouteComponent(() => import("../screens/history/screen")),
  ),
  screen(
    "/me",
    [],
    lazyRouteComponent(() => import("../screens/me/screen")),
  ),
];

/** Finds the screen for an address. */
export const router = createRouter({
  routeTree: root.addChildren([signIn, frame.addChildren(screens)]),
  basepath: import.meta.env.BASE_URL,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

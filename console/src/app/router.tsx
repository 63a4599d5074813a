// Every address of the console. The inbox comes with the first load, all else when asked for.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { ApiError } from "../lib/http";
import { meQuery } from "../lib/session";
import { NotFound, RouteProblem } from "./route-states";
import { InboxRoute } from "./routes/inbox-route";
import { contactsSearch, inboxSearch, inviteSearch, loginSearch } from "./search";
import { settingsSections } from "./settings-sections";
import { Shell } from "./shell/shell";

const root = createRootRouteWithContext<{ client: QueryClient }>()({ notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: loginSearch,
  component: lazyRouteComponent(() => import("./routes/auth-routes"), "LoginRoute"),
});
const signup = createRoute({
  getParentRoute: () => root,
  path: "/signup",
  component: lazyRouteComponent(() => import("./routes/auth-routes"), "SignUpRoute"),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite",
  validateSearch: inviteSearch,
  component: lazyRouteComponent(() => import("./routes/auth-routes"), "InviteRoute"),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(meQuery);
    } catch (error) {
      const signedOut = error instanceof ApiError && error.status === 401;
      if (!signedOut) throw error;
      throw redirect({ to: "/login", search: { next: location.href } });
    }
  },
  component: Shell,
  errorComponent: RouteProblem,
});
const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/c" });
  },
});
const inbox = createRoute({
  getParentRoute: () => inside,
  path: "/c",
  validateSearch: inboxSearch,
  component: InboxRoute,
});
const thread = createRoute({ getParentRoute: () => inbox, path: "$conversationId" });
const contacts = createRoute({
  getParentRoute: () => inside,
  path: "/contacts",
  validateSearch: contactsSearch,
  component: lazyRouteComponent(() => import("./routes/contacts-route"), "ContactsRoute"),
});
const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  component: lazyRouteComponent(() => import("./routes/settings-route"), "SettingsRoute"),
});
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: lazyRouteComponent(() => import("./routes/settings-route"), "SettingsHome"),
});
const section = createRoute({
  getParentRoute: () => settings,
  path: "$section",
  beforeLoad: ({ params }) => {
    if (!settingsSections.some((name) => name === params.section))
      throw redirect({ to: "/settings" });
  },
  component: lazyRouteComponent(() => import("./routes/settings-route"), "SectionRoute"),
});

const tree = root.addChildren([
  login,
  signup,
  invite,
  inside.addChildren([
    home,
    inbox.addChildren([thread]),
    contacts,
    settings.addChildren([settingsHome, section]),
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    defaultErrorComponent: RouteProblem,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}

// What surrounds every view: theme, toasts, server state, routes.
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { isPassing, onSignedOut } from "../lib/http";
import { later } from "../lib/later";
import { useIdle } from "../lib/use-idle";
import { keys } from "../live/keys";
import { makeRouter } from "./router";
import { cssVariables, theme } from "./theme";

const Toasts = later(async () => (await import("./toasts")).Toasts);
const schemes = localStorageColorSchemeManager({ key: "konectus-scheme" });

function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        gcTime: 30 * 60_000,
        refetchOnWindowFocus: false, // the live log keeps what is shown up to date
        retry: (count, error) => count < 3 && isPassing(error),
      },
      mutations: { retry: false },
    },
  });
}

export function Providers() {
  const [client] = useState(makeClient);
  const [router] = useState(() => makeRouter(client));
  const idle = useIdle();

  useEffect(
    () =>
      onSignedOut(() => {
        if (!client.getQueryData(keys.me) || router.state.location.pathname === "/login") return;
        const next = router.state.location.href;
        // The views below the wall rely on `me`, so it goes after them.
        void router
          .navigate({ to: "/login", search: { next, ended: true } })
          .then(() => client.clear());
      }),
    [client, router],
  );

  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      {idle && <Toasts />}
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

// Ways in. Afterwards the person is known and goes to where they wanted.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { InvitePage } from "../../features/auth/invite-page";
import { LoginPage } from "../../features/auth/login-page";
import { SignUpPage } from "../../features/auth/signup-page";
import { chooseLocale, hasChosenLocale } from "../../lib/i18n";
import { keys } from "../../live/keys";
import type { Me } from "../../types/api";

function useEnter(next: string): (me: Me) => void {
  const client = useQueryClient();
  const router = useRouter();
  return (me) => {
    client.clear();
    client.setQueryData(keys.me, me);
    if (!hasChosenLocale()) void chooseLocale(me.user.locale);
    router.history.push(next);
  };
}

export function LoginRoute() {
  const { next, ended } = useSearch({ from: "/login" });
  return <LoginPage ended={ended === true} onDone={useEnter(next ?? "/c")} />;
}

export function SignUpRoute() {
  return <SignUpPage onDone={useEnter("/settings/channels")} />;
}

export function InviteRoute() {
  const { token = "" } = useSearch({ from: "/invite" });
  return <InvitePage token={token} onDone={useEnter("/c")} />;
}

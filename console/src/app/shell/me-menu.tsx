// The signed-in person: language, theme, and the way out.
import { Menu, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Check, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { post } from "../../lib/http";
import { chooseLocale, localeNames, locales } from "../../lib/i18n";
import { forget } from "../../lib/keep";
import { toastProblem } from "../../lib/problem";
import { useMe } from "../../lib/session";

const schemes = [
  { name: "light", icon: Sun },
  { name: "dark", icon: Moon },
  { name: "auto", icon: Monitor },
] as const;

export function MeMenu() {
  const { t, i18n } = useTranslation();
  const { user, tenant } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leave = useLeave();
  return (
    <>
      <Menu.Label>
        {user.name} · {tenant.name}
      </Menu.Label>
      {schemes.map(({ name, icon: Icon }) => (
        <Menu.Item
          key={name}
          leftSection={<Icon size={15} aria-hidden />}
          rightSection={colorScheme === name ? <Check size={14} aria-hidden /> : null}
          onClick={() => setColorScheme(name)}
        >
          {t(`theme.${name}`)}
        </Menu.Item>
      ))}
      <Menu.Divider />
      {locales.map((locale) => (
        <Menu.Item
          key={locale}
          lang={locale}
          rightSection={i18n.language === locale ? <Check size={14} aria-hidden /> : null}
          onClick={() => void chooseLocale(locale)}
        >
          {localeNames[locale]}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item
        leftSection={<LogOut size={15} aria-hidden />}
        data-testid="logout"
        onClick={leave}
      >
        {t("auth.logout")}
      </Menu.Item>
    </>
  );
}

function useLeave(): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { user } = useMe();
  return () => {
    const leave = async () => {
      await post<void>("/api/auth/logout");
      await forget(user.id);
      await navigate({ to: "/login" });
      client.clear();
    };
    leave().catch(toastProblem);
  };
}

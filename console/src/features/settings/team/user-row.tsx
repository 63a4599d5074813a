// One person: role, state, deactivating and taking back.
import { Button, NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import table from "../../../components/table.module.css";
import { Tag } from "../../../components/tag";
import { mayAs, useMe } from "../../../lib/session";
import type { Role, User } from "../../../types/api";
import type { UserChange } from "./api";
import { roles } from "./roles";

interface Props {
  user: User;
  onChange: (change: UserChange["change"]) => void;
}

export function UserRow({ user, onChange }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const fixed = user.id === me.user.id || (user.role === "owner" && !mayAs(me, "owner"));
  return (
    <tr>
      <td>
        <strong>{user.name}</strong>
      </td>
      <td data-label={t("auth.email")}>{user.email}</td>
      <td data-label={t("settings.team.role")}>
        {fixed ? (
          t(`role.${user.role}`)
        ) : (
          <NativeSelect
            size="xs"
            aria-label={t("settings.team.roleOf", { name: user.name })}
            value={user.role}
            data={roles(me).map((value) => ({ value, label: t(`role.${value}`) }))}
            onChange={(event) => onChange({ role: event.currentTarget.value as Role })}
          />
        )}
      </td>
      <td data-label={t("settings.team.state")}>
        <State user={user} />
      </td>
      <td className={table.actions}>
        {!fixed && (
          <Button variant="default" onClick={() => onChange({ active: !user.active })}>
            {user.active ? t("settings.team.deactivate") : t("settings.team.activate")}
          </Button>
        )}
      </td>
    </tr>
  );
}

function State({ user }: { user: User }) {
  const { t } = useTranslation();
  if (!user.active) return <Tag>{t("settings.team.inactive")}</Tag>;
  if (user.invited) return <Tag tone="warn">{t("settings.team.invited")}</Tag>;
  return <Tag tone="ok">{t("settings.team.active")}</Tag>;
}

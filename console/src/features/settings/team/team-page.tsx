// The team: who is in it, as what, and inviting the next.
import { Button, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RowsLoading } from "../../../components/loading";
import { Page } from "../../../components/page";
import { ProblemNotice } from "../../../components/problem-notice";
import table from "../../../components/table.module.css";
import { LimitNotice } from "../limit-notice";
import { useSave } from "../use-save";
import { changeUser, usersQuery } from "./api";
import { InviteForm } from "./invite-form";
import { UserRow } from "./user-row";

export default function TeamPage() {
  const { t } = useTranslation();
  const { data, error, isPending } = useQuery(usersQuery);
  const [inviting, { open, close }] = useDisclosure(false);
  const change = useSave(changeUser, [usersQuery.queryKey]);
  const button = (
    <Button leftSection={<UserPlus size={16} />} data-testid="team-invite" onClick={open}>
      {t("settings.team.invite")}
    </Button>
  );
  return (
    <Page title={t("settings.team.title")} lead={t("settings.team.lead")} action={button}>
      {error && <ProblemNotice error={error} />}
      {change.error && <LimitNotice error={change.error} />}
      {isPending && <RowsLoading />}
      {data && (
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("contact.name")}</th>
              <th scope="col">{t("auth.email")}</th>
              <th scope="col">{t("settings.team.role")}</th>
              <th scope="col">{t("settings.team.state")}</th>
              <th scope="col">
                <span className={table.hidden}>{t("act.more")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((user) => (
              <UserRow
                key={user.id}
                user={user}
                onChange={(part) => change.mutate({ id: user.id, change: part })}
              />
            ))}
          </tbody>
        </table>
      )}
      <Drawer
        opened={inviting}
        onClose={close}
        title={t("settings.team.invite")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <InviteForm />
      </Drawer>
    </Page>
  );
}

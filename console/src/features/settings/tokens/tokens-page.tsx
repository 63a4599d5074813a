// Keys for programs: made once, shown once, ended at any time.
import { Button, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../../components/empty";
import { RowsLoading } from "../../../components/loading";
import { Page } from "../../../components/page";
import { ProblemNotice } from "../../../components/problem-notice";
import table from "../../../components/table.module.css";
import { get, remove } from "../../../lib/http";
import { useMe } from "../../../lib/session";
import { shortDate } from "../../../lib/time";
import type { Token, Tokens } from "../../../types/api";
import { useSave } from "../use-save";
import { TokenForm, tokensKey } from "./token-form";

export default function TokensPage() {
  const { t } = useTranslation();
  const { data, error, isPending } = useQuery({
    queryKey: tokensKey,
    queryFn: () => get<Tokens>("/api/tokens"),
  });
  const [making, { open, close }] = useDisclosure(false);
  const end = useSave((id: string) => remove(`/api/tokens/${id}`), [tokensKey]);
  const button = (
    <Button leftSection={<Plus size={16} />} onClick={open}>
      {t("settings.tokens.add")}
    </Button>
  );
  return (
    <Page title={t("settings.tokens.title")} lead={t("settings.tokens.lead")} action={button}>
      {(error ?? end.error) && <ProblemNotice error={error ?? end.error} />}
      {isPending && <RowsLoading rows={3} />}
      {data?.items.length === 0 && <Empty icon={KeyRound} title={t("settings.tokens.empty")} />}
      {data && data.items.length > 0 && (
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("contact.name")}</th>
              <th scope="col">{t("settings.tokens.prefix")}</th>
              <th scope="col">{t("settings.team.role")}</th>
              <th scope="col">{t("settings.tokens.used")}</th>
              <th scope="col">{t("settings.tokens.expires")}</th>
              <th scope="col">
                <span className={table.hidden}>{t("act.more")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((token) => (
              <TokenRow key={token.id} token={token} onEnd={() => end.mutate(token.id)} />
            ))}
          </tbody>
        </table>
      )}
      <Drawer
        opened={making}
        onClose={close}
        title={t("settings.tokens.add")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <TokenForm />
      </Drawer>
    </Page>
  );
}

function TokenRow({ token, onEnd }: { token: Token; onEnd: () => void }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useMe();
  const day = (at: string | null) =>
    at ? shortDate(at, i18n.language, tenant.timezone) : t("settings.tokens.never");
  return (
    <tr>
      <td>
        <strong>{token.name}</strong>
      </td>
      <td data-label={t("settings.tokens.prefix")}>
        <code>{token.prefix}…</code>
      </td>
      <td data-label={t("settings.team.role")}>{t(`role.${token.role}`)}</td>
      <td data-label={t("settings.tokens.used")}>{day(token.last_used_at)}</td>
      <td data-label={t("settings.tokens.expires")}>{day(token.expires_at)}</td>
      <td className={table.actions}>
        <Button variant="subtle" color="red" c="var(--k-bad)" onClick={onEnd}>
          {t("settings.tokens.end")}
        </Button>
      </td>
    </tr>
  );
}

// Channels: what is connected, how it is, and connecting another.
import { Button, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Plug, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../../components/empty";
import { RowsLoading } from "../../../components/loading";
import { Page } from "../../../components/page";
import { ProblemNotice } from "../../../components/problem-notice";
import classes from "../settings.module.css";
import { channelsQuery } from "./api";
import { ChannelCard } from "./channel-card";
import { ConnectForm } from "./connect-form";

export default function ChannelsPage() {
  const { t } = useTranslation();
  const { data, error, isPending } = useQuery(channelsQuery);
  const [connecting, { open, close }] = useDisclosure(false);
  const button = (
    <Button leftSection={<Plus size={16} />} data-testid="channel-connect" onClick={open}>
      {t("settings.channels.connect")}
    </Button>
  );
  return (
    <Page title={t("settings.channels.title")} lead={t("settings.channels.lead")} action={button}>
      {error && <ProblemNotice error={error} />}
      {isPending && <RowsLoading rows={3} height={96} />}
      {data?.items.length === 0 && (
        <Empty
          icon={Plug}
          title={t("settings.channels.empty")}
          hint={t("settings.channels.emptyHint")}
        />
      )}
      <div className={classes.cards}>
        {data?.items.map((channel) => (
          <ChannelCard key={channel.id} channel={channel} />
        ))}
      </div>
      <Drawer
        opened={connecting}
        onClose={close}
        title={t("settings.channels.connect")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <ConnectForm onDone={close} />
      </Drawer>
    </Page>
  );
}

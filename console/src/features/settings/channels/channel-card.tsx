// One connected account: state, bot switch, webhook address, new token, disconnect.
import { Button, Modal, PasswordInput, Switch } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ChannelBadge, channelNames } from "../../../components/channel-badge";
import { Notice } from "../../../components/notice";
import { ProblemNotice } from "../../../components/problem-notice";
import { Tag } from "../../../components/tag";
import { useMe } from "../../../lib/session";
import { fullTime } from "../../../lib/time";
import type { Channel } from "../../../types/api";
import { CopyLine } from "../copy-line";
import classes from "../settings.module.css";
import { useSave } from "../use-save";
import { changeChannel, channelsQuery, disconnect } from "./api";

const tones = { connected: "ok", needs_attention: "warn", disconnected: "bad" } as const;

export function ChannelCard({ channel }: { channel: Channel }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useMe();
  const change = useSave(changeChannel, [channelsQuery.queryKey]);
  return (
    <section className={classes.card} aria-label={`${channelNames[channel.kind]}: ${channel.name}`}>
      <div className={classes.cardHead}>
        <ChannelBadge kind={channel.kind} size={22} />
        <h2 className={classes.cardTitle}>{channel.name}</h2>
        <Tag tone={tones[channel.state]}>{t(`settings.channels.state.${channel.state}`)}</Tag>
        <Switch
          className={classes.push}
          label={t("settings.channels.bot")}
          checked={
            change.isPending
              ? (change.variables.change.bot_enabled ?? channel.bot_enabled)
              : channel.bot_enabled
          }
          onChange={(event) =>
            change.mutate({ id: channel.id, change: { bot_enabled: event.currentTarget.checked } })
          }
        />
      </div>
      {channel.problem && <Notice kind="warn">{channel.problem}</Notice>}
      <dl className={classes.facts}>
        <div>
          <dt>{channelNames[channel.kind]}</dt>
          <dd className="k-num">{channel.external_id}</dd>
        </div>
        <div>
          <dt>{t("settings.channels.lastInbound")}</dt>
          <dd>
            {channel.last_inbound_at
              ? fullTime(channel.last_inbound_at, i18n.language, tenant.timezone)
              : t("settings.channels.never")}
          </dd>
        </div>
      </dl>
      <div className={classes.mut}>{t("settings.channels.webhook")}</div>
      <CopyLine value={channel.webhook_url} />
      {change.error && <ProblemNotice error={change.error} />}
      <ChannelActs channel={channel} />
    </section>
  );
}

function ChannelActs({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const [token, setToken] = useState("");
  const [renewing, renewal] = useDisclosure(false);
  const [leaving, leave] = useDisclosure(false);
  const renew = useSave(changeChannel, [channelsQuery.queryKey]);
  const end = useSave(disconnect, [channelsQuery.queryKey]);
  const saveToken = () =>
    renew.mutate(
      { id: channel.id, change: { access_token: token.trim() } },
      {
        onSuccess: () => {
          renewal.close();
          setToken("");
        },
      },
    );
  return (
    <div className={classes.row}>
      <Button variant="default" onClick={renewal.toggle} aria-expanded={renewing}>
        {t("settings.channels.renew")}
      </Button>
      <Button variant="subtle" color="red" c="var(--k-bad)" onClick={leave.open}>
        {t("settings.channels.disconnect")}
      </Button>
      {renewing && (
        <form
          className={classes.form}
          style={{ flexBasis: "100%" }}
          onSubmit={(event) => {
            event.preventDefault();
            saveToken();
          }}
        >
          {renew.error && <ProblemNotice error={renew.error} />}
          <PasswordInput
            label={t("settings.channels.token")}
            required
            minLength={8}
            maxLength={1000}
            autoComplete="off"
            value={token}
            visibilityToggleButtonProps={{ "aria-label": t("auth.showPassword") }}
            onChange={(event) => setToken(event.currentTarget.value)}
          />
          <Button type="submit" loading={renew.isPending}>
            {t("common.save")}
          </Button>
        </form>
      )}
      <Modal
        opened={leaving}
        onClose={leave.close}
        title={t("settings.channels.disconnectTitle", { name: channel.name })}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <p className={classes.mut}>{t("settings.channels.disconnectHint")}</p>
        {end.error && <ProblemNotice error={end.error} />}
        <div className={classes.row}>
          <Button
            color="red"
            loading={end.isPending}
            onClick={() => end.mutate(channel.id, { onSuccess: leave.close })}
          >
            {t("settings.channels.disconnect")}
          </Button>
          <Button variant="default" onClick={leave.close}>
            {t("common.cancel")}
          </Button>
        </div>
      </Modal>
    </div>
  );
}

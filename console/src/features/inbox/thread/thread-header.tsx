// Who it is, who answers, and the acts that the owner may do.
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import {
  ArrowLeft,
  Bot,
  Check,
  Ellipsis,
  PanelRight,
  UserRound,
  UserRoundCheck,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { ChannelBadge } from "../../../components/channel-badge";
import { customerName } from "../../../lib/person";
import { useMe } from "../../../lib/session";
import type { Conversation } from "../../../types/api";
import type { Act } from "../api";
import { allowedActs } from "../ownership";
import classes from "./thread.module.css";

interface Props {
  conversation: Conversation;
  panelOpen: boolean;
  onAct: (act: Act) => void;
  onBack: () => void;
  onPanel: () => void;
}

export function ThreadHeader({ conversation, panelOpen, onAct, onBack, onPanel }: Props) {
  const { t } = useTranslation();
  const name = customerName(conversation.contact, t("inbox.unknown"));
  return (
    <header className={classes.header}>
      <ActionIcon className={classes.back} aria-label={t("thread.back")} onClick={onBack}>
        <ArrowLeft size={19} aria-hidden />
      </ActionIcon>
      <div className={classes.who}>
        <h2 className={classes.name}>{name}</h2>
        <div className={classes.sub}>
          <ChannelBadge kind={conversation.channel} size={15} />
          <span className={classes.channelName}>{conversation.channel_name}</span>
          <span aria-hidden>·</span>
          <OwnerText conversation={conversation} />
        </div>
      </div>
      <Acts conversation={conversation} onAct={onAct} />
      <Tooltip label={`${t("thread.panel")}  ]`}>
        <ActionIcon aria-label={t("thread.panel")} aria-pressed={panelOpen} onClick={onPanel}>
          <PanelRight size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

function OwnerText({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const me = useMe();
  const { owner, assignee, queue } = conversation;
  if (conversation.state === "resolved") return <span>{t("owner.resolved")}</span>;
  if (owner === "bot") return <span>{t("owner.bot")}</span>;
  if (owner === "offered" && assignee?.id === me.user.id)
    return <span>{t("owner.offeredMe")}</span>;
  if (owner === "queue" || owner === "offered") {
    return <span>{queue ? t("owner.queueNamed", { queue }) : t("owner.queue")}</span>;
  }
  if (owner === "agent" && assignee) {
    const mine = assignee.id === me.user.id;
    return <span>{mine ? t("owner.me") : t("owner.agent", { name: assignee.name })}</span>;
  }
  return <span>{t("owner.none")}</span>;
}

function Acts({ conversation, onAct }: { conversation: Conversation; onAct: (act: Act) => void }) {
  const { t } = useTranslation();
  const { user } = useMe();
  const may = allowedActs(conversation, user.id);
  return (
    <div className={classes.acts}>
      {may.accept && (
        <Button
          leftSection={<UserRoundCheck size={16} />}
          data-testid="accept"
          onClick={() => onAct("accept")}
        >
          {t("act.accept")}
        </Button>
      )}
      {may.reject && (
        <Button variant="default" data-testid="reject" onClick={() => onAct("reject")}>
          {t("act.reject")}
        </Button>
      )}
      {may.take && (
        <Tooltip label={`${t("act.takeHint")}  I`}>
          <Button
            variant={conversation.owner === "agent" ? "default" : "filled"}
            leftSection={<UserRound size={16} />}
            data-testid="take"
            onClick={() => onAct("take")}
          >
            {t("act.take")}
          </Button>
        </Tooltip>
      )}
      {may.resolve && (
        <Tooltip label={`${t("act.resolve")}  E`}>
          <Button
            variant="default"
            leftSection={<Check size={16} />}
            data-testid="resolve"
            onClick={() => onAct("resolve")}
          >
            {t("act.resolve")}
          </Button>
        </Tooltip>
      )}
      {may.return && (
        <Menu position="bottom-end" keepMounted>
          <Menu.Target>
            <ActionIcon aria-label={t("act.more")} data-testid="more-acts">
              <Ellipsis size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<Bot size={16} />}
              data-testid="return-to-bot"
              onClick={() => onAct("return")}
            >
              {t("act.return")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}

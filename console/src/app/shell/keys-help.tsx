// The list of shortcuts, and the switch that turns single keys off.
import { Modal, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { turnKeys, useKeysAreOn } from "../../lib/keyboard";
import classes from "./shell.module.css";

const shortcuts = [
  ["Ctrl K", "palette"],
  ["J", "next"],
  ["K", "previous"],
  ["R", "reply"],
  ["N", "note"],
  ["I", "take"],
  ["E", "resolve"],
  ["Z", "undo"],
  ["/", "search"],
  ["]", "panel"],
  ["G I", "inbox"],
  ["G C", "contacts"],
  ["G S", "settings"],
  ["Esc", "leave"],
  ["?", "help"],
] as const;

export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const on = useKeysAreOn();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("keys.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <dl className={classes.keys}>
        {shortcuts.map(([keys, name]) => (
          <Row key={name} keys={keys} label={t(`keys.${name}`)} />
        ))}
      </dl>
      <Switch
        mt="lg"
        checked={on}
        label={t("keys.single")}
        description={t("keys.singleHint")}
        onChange={(event) => turnKeys(event.currentTarget.checked)}
      />
    </Modal>
  );
}

function Row({ keys, label }: { keys: string; label: string }) {
  return (
    <>
      <dt>
        <kbd className={classes.key}>{keys}</kbd>
      </dt>
      <dd>{label}</dd>
    </>
  );
}

// The head of the list: title, live light, presence.
import { useTranslation } from "react-i18next";
import classes from "./head.module.css";
import { LiveLight } from "./live-light";
import { PresenceSelect } from "./presence-select";

export function ListHead() {
  const { t } = useTranslation();
  return (
    <div className={classes.head}>
      <h2 className={classes.title}>{t("inbox.title")}</h2>
      <LiveLight />
      <PresenceSelect />
    </div>
  );
}

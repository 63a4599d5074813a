// The head of the list: title, live light, presence, and a call to those who are away.
import { useTranslation } from "react-i18next";
import { AwayNotice } from "./away-notice";
import classes from "./head.module.css";
import { LiveLight } from "./live-light";
import { PresenceSelect } from "./presence-select";

export function ListHead() {
  const { t } = useTranslation();
  return (
    <>
      <div className={classes.head}>
        <h2 className={classes.title}>{t("inbox.title")}</h2>
        <LiveLight />
        <PresenceSelect />
      </div>
      <AwayNotice />
    </>
  );
}

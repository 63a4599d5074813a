// The contact beside the thread where there is no room beside it.
import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./inbox.module.css";

export function PanelDrawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened
      onClose={onClose}
      size={360}
      padding={0}
      title={t("contact.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
      classNames={{ header: classes.drawerHead }}
    >
      {children}
    </Drawer>
  );
}

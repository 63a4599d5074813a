// A text to be copied: a link, an address, a secret.
import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./settings.module.css";

export function CopyLine({ value }: { value: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.secret}>
      <code>{value}</code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {copied ? t("common.copied") : t("common.copy")}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

// What one person chooses for this browser: language, theme, shortcuts.
import { NativeSelect, SegmentedControl, Switch, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Page } from "../../../components/page";
import { chooseLocale, isLocale, localeNames, locales } from "../../../lib/i18n";
import { turnKeys, useKeysAreOn } from "../../../lib/keyboard";
import classes from "../settings.module.css";

const schemes = ["light", "dark", "auto"] as const;

export default function PreferencesPage() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const keysOn = useKeysAreOn();
  return (
    <Page title={t("settings.preferences.title")} lead={t("settings.preferences.lead")}>
      <div className={classes.narrow}>
        <NativeSelect
          label={t("common.language")}
          value={i18n.language}
          data={locales.map((value) => ({ value, label: localeNames[value] }))}
          onChange={(event) => {
            const { value } = event.currentTarget;
            if (isLocale(value)) void chooseLocale(value);
          }}
        />
        <div>
          <div className={classes.legend} id="scheme-label">
            {t("settings.preferences.theme")}
          </div>
          <SegmentedControl
            aria-labelledby="scheme-label"
            fullWidth
            value={colorScheme}
            data={schemes.map((value) => ({ value, label: t(`theme.${value}`) }))}
            onChange={(value) => setColorScheme(value as (typeof schemes)[number])}
          />
        </div>
        <Switch
          checked={keysOn}
          label={t("keys.single")}
          description={t("keys.singleHint")}
          onChange={(event) => turnKeys(event.currentTarget.checked)}
        />
      </div>
    </Page>
  );
}

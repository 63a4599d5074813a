// What the business tells about one order.
import { Button, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../../../components/problem-notice";
import { put } from "../../../lib/http";
import type { Order } from "../../../types/api";
import classes from "../settings.module.css";
import { useSave } from "../use-save";

export const ordersKey = ["orders"];

interface Values {
  number: string;
  status: string;
  detail: string;
  tracking_url: string;
}

const save = ({ number, tracking_url, ...rest }: Values) =>
  put<Order>(`/api/orders/${encodeURIComponent(number.trim())}`, {
    ...rest,
    tracking_url: tracking_url.trim() || null,
  });

export function OrderForm({ order, onDone }: { order: Order | null; onDone: () => void }) {
  const { t } = useTranslation();
  const form = useForm<Values>({
    initialValues: {
      number: order?.number ?? "",
      status: order?.status ?? "",
      detail: order?.detail ?? "",
      tracking_url: order?.tracking_url ?? "",
    },
    validate: {
      tracking_url: (value) =>
        value.trim() === "" || /^https?:\/\//.test(value.trim())
          ? null
          : t("settings.orders.badUrl"),
    },
  });
  const change = useSave(save, [ordersKey]);
  return (
    <form
      className={classes.form}
      onSubmit={form.onSubmit((values) => change.mutate(values, { onSuccess: onDone }))}
    >
      {change.error && <ProblemNotice error={change.error} />}
      <TextInput
        label={t("settings.orders.number")}
        required
        disabled={order !== null}
        maxLength={40}
        {...form.getInputProps("number")}
      />
      <TextInput
        label={t("settings.orders.status")}
        description={t("settings.orders.statusHint")}
        required
        maxLength={200}
        {...form.getInputProps("status")}
      />
      <Textarea
        label={t("settings.orders.detail")}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={600}
        {...form.getInputProps("detail")}
      />
      <TextInput
        label={t("settings.orders.trackingUrl")}
        type="url"
        maxLength={500}
        {...form.getInputProps("tracking_url")}
      />
      <Button type="submit" loading={change.isPending}>
        {t("common.save")}
      </Button>
    </form>
  );
}

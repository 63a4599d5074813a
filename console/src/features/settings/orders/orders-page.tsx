// Orders that the bot can tell about.
import { Anchor, Button, Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { PackageSearch, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../../components/empty";
import { RowsLoading } from "../../../components/loading";
import { Page } from "../../../components/page";
import { ProblemNotice } from "../../../components/problem-notice";
import table from "../../../components/table.module.css";
import { Tag } from "../../../components/tag";
import { get } from "../../../lib/http";
import { useMe } from "../../../lib/session";
import { fullTime } from "../../../lib/time";
import type { Order, Orders } from "../../../types/api";
import { OrderForm, ordersKey } from "./order-form";

export default function OrdersPage() {
  const { t } = useTranslation();
  const { data, error, isPending } = useQuery({
    queryKey: ordersKey,
    queryFn: () => get<Orders>("/api/orders"),
  });
  const [editing, setEditing] = useState<Order | "new" | null>(null);
  const button = (
    <Button leftSection={<Plus size={16} />} onClick={() => setEditing("new")}>
      {t("settings.orders.add")}
    </Button>
  );
  return (
    <Page title={t("settings.orders.title")} lead={t("settings.orders.lead")} action={button}>
      {error && <ProblemNotice error={error} />}
      {isPending && <RowsLoading />}
      {data?.items.length === 0 && (
        <Empty
          icon={PackageSearch}
          title={t("settings.orders.empty")}
          hint={t("settings.orders.emptyHint")}
        />
      )}
      {data && data.items.length > 0 && (
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("settings.orders.number")}</th>
              <th scope="col">{t("settings.orders.status")}</th>
              <th scope="col">{t("settings.orders.detail")}</th>
              <th scope="col">{t("settings.orders.updatedAt")}</th>
              <th scope="col">
                <span className={table.hidden}>{t("act.more")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((order) => (
              <OrderRow key={order.number} order={order} onEdit={() => setEditing(order)} />
            ))}
          </tbody>
        </table>
      )}
      <Drawer
        opened={editing !== null}
        onClose={() => setEditing(null)}
        title={editing === "new" ? t("settings.orders.add") : t("settings.orders.edit")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        {editing !== null && (
          <OrderForm order={editing === "new" ? null : editing} onDone={() => setEditing(null)} />
        )}
      </Drawer>
    </Page>
  );
}

function OrderRow({ order, onEdit }: { order: Order; onEdit: () => void }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useMe();
  return (
    <tr>
      <td className="k-num">
        <strong>{order.number}</strong>
      </td>
      <td data-label={t("settings.orders.status")}>
        <Tag tone="accent">{order.status}</Tag>
      </td>
      <td data-label={t("settings.orders.detail")}>
        <span>
          {order.detail}{" "}
          {order.tracking_url && (
            <Anchor href={order.tracking_url} target="_blank" rel="noopener noreferrer" fz="sm">
              {t("orders.track")}
            </Anchor>
          )}
        </span>
      </td>
      <td className="k-num" data-label={t("settings.orders.updatedAt")}>
        {fullTime(order.updated_at, i18n.language, tenant.timezone)}
      </td>
      <td className={table.actions}>
        <Button variant="default" onClick={onEdit}>
          {t("settings.orders.edit")}
        </Button>
      </td>
    </tr>
  );
}

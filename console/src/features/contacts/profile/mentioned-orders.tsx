// Orders whose number was named in this conversation.
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Tag } from "../../../components/tag";
import { useMe } from "../../../lib/session";
import { fullTime } from "../../../lib/time";
import { ordersQuery } from "../api";
import { mentioned } from "../mentioned";
import classes from "./profile.module.css";

export function MentionedOrders({ hints }: { hints: readonly string[] }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useMe();
  const { data } = useQuery(ordersQuery);
  const orders = mentioned(data?.items ?? [], hints);
  if (orders.length === 0) return null;
  return (
    <section className={classes.section} aria-labelledby="contact-orders">
      <h3 className={classes.heading} id="contact-orders">
        {t("contact.orders")}
      </h3>
      {orders.map((order) => (
        <div key={order.number}>
          <div className={classes.order}>
            <strong className="k-num">{order.number}</strong>{" "}
            <Tag tone="accent">{order.status}</Tag>
          </div>
          {order.detail && <div>{order.detail}</div>}
          <div className={classes.since}>
            {t("orders.updated", {
              time: fullTime(order.updated_at, i18n.language, tenant.timezone),
            })}
          </div>
          {order.tracking_url && (
            <Anchor href={order.tracking_url} target="_blank" rel="noopener noreferrer" fz="sm">
              {t("orders.track")}
            </Anchor>
          )}
        </div>
      ))}
    </section>
  );
}

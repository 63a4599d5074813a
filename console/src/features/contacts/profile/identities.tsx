// Where this person is known: one line per channel account.
import { useTranslation } from "react-i18next";
import { ChannelBadge, channelNames } from "../../../components/channel-badge";
import { customerName } from "../../../lib/person";
import type { Identity } from "../../../types/api";
import classes from "./profile.module.css";

export function Identities({ identities }: { identities: readonly Identity[] }) {
  const { t } = useTranslation();
  return (
    <section className={classes.section} aria-labelledby="contact-identities">
      <h3 className={classes.heading} id="contact-identities">
        {t("contact.identities")}
      </h3>
      <ul className={classes.identities}>
        {identities.map((identity) => (
          <li key={identity.id}>
            <ChannelBadge kind={identity.channel} />
            <div>
              <div>
                {identity.username
                  ? `@${identity.username}`
                  : customerName(
                      { name: identity.name, phone: null },
                      channelNames[identity.channel],
                    )}
              </div>
              <div className={classes.since}>{identity.user}</div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

// The channel as a small mark: its colour lives here and nowhere else.
import type { ChannelKind } from "../types/api";
import classes from "./channel-badge.module.css";

export const channelNames: Record<ChannelKind, string> = {
  whatsapp: "WhatsApp",
  messenger: "Messenger",
  instagram: "Instagram",
};

const paths: Record<ChannelKind, string> = {
  whatsapp:
    "M5.2 18.8l.9-3.2A7.2 7.2 0 1 1 8.8 18l-3.6.8ZM9.3 9c.4 2.6 2.6 4.9 5.4 5.5l1-1.5-2-1-.8.8a5 5 0 0 1-1.9-1.9l.8-.8-1-2L9.3 9Z",
  messenger:
    "M12 4.5c-4.3 0-7.5 3-7.5 7 0 2.2 1 4.100 2.600 5.300v2.700l2.500-1.400c.8.2 1.600.3 2.400.3 4.300 0 7.500-3 7.500-6.900s-3.200-7-7.500-7ZM8 13.500l3-3.200 2 1.700 3-1.700-3 3.300-2-1.800-3 1.700Z",
  instagram:
    "M8.500 5h7A3.500 3.500 0 0 1 19 8.500v7a3.500 3.500 0 0 1-3.500 3.500h-7A3.500 3.500 0 0 1 5 15.500v-7A3.500 3.500 0 0 1 8.500 5ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm4-1.800v1.200",
};

export function ChannelBadge({ kind, size = 17 }: { kind: ChannelKind; size?: number }) {
  return (
    <span
      className={classes.badge}
      data-kind={kind}
      style={{ width: size, height: size }}
      title={channelNames[kind]}
    >
      <svg
        viewBox="0 0 24 24"
        width={size}
        height={size}
        role="img"
        aria-label={channelNames[kind]}
      >
        <path
          d={paths[kind]}
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      </svg>
    </span>
  );
}

// The channels of the business.
import { queryOptions } from "@tanstack/react-query";
import { get, patch, post, remove } from "../../../lib/http";
import { keys } from "../../../live/keys";
import type { Channel, Channels, ConnectIn } from "../../../types/api";

export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: () => get<Channels>("/api/channels"),
});

export const connect = (body: ConnectIn) => post<Channel>("/api/channels", body);

export interface ChannelChange {
  id: string;
  change: { name?: string; bot_enabled?: boolean; access_token?: string };
}
export const changeChannel = ({ id, change }: ChannelChange) =>
  patch<Channel>(`/api/channels/${id}`, change);
export const disconnect = (id: string) => remove(`/api/channels/${id}`);

// The corner where toasts appear. What is said before it is there waits in the store.
import "@mantine/notifications/styles.layer.css";
import { Notifications } from "@mantine/notifications";

export function Toasts() {
  return <Notifications position="top-right" limit={3} />;
}

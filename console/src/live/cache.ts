// Keeps the query cache level with the live log.
// A snapshot may be older than events already applied, so every fetched answer is folded with
// the ring again as it lands; one that the ring cannot complete is read anew.
import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import type {
  Conversations,
  ConversationView,
  DurableEvent,
  Filter,
  Hello,
  Messages,
} from "../types/api";
import { foldList, foldMessages, foldView } from "./fold";
import { keys } from "./keys";
import { covers, emptyRing, head, push, type Ring, since, startAt } from "./ring";

type Pages<T> = InfiniteData<T, unknown>;
type Snapshot = Pages<Conversations> | Pages<Messages> | ConversationView;
const SNAPSHOTS = new Set(["conversations", "conversation", "messages"]);
const COUNTS_EVERY_MS = 1_500;

export class LiveCache {
  private ring: Ring = emptyRing;
  private countsTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly client: QueryClient,
    private readonly me: string,
    private readonly onMessage: (clientId: string) => void = () => undefined,
  ) {
    this.unsubscribe = client.getQueryCache().subscribe((event) => {
      if (event.type !== "updated" || event.action.type !== "success") return;
      if (event.action.manual || !isSnapshot(event.query)) return;
      this.complete(event.query);
    });
  }

  get cursor(): number | null {
    return head(this.ring);
  }

  hello(hello: Hello): void {
    const first = this.ring.from === null;
    if (!first && hello.resumed) return;
    this.ring = startAt(hello.head);
    if (first) this.completeAll();
    else void this.client.invalidateQueries();
  }

  apply(event: DurableEvent): void {
    const ring = push(this.ring, event);
    if (ring === this.ring) return;
    this.ring = ring;
    for (const query of this.snapshots()) this.fold(query, [event]);
    this.sideEffects(event);
  }

  close(): void {
    this.unsubscribe();
    clearTimeout(this.countsTimer);
  }

  private snapshots(): Query[] {
    return this.client.getQueryCache().getAll().filter(isSnapshot);
  }

  private completeAll(): void {
    for (const query of this.snapshots()) this.complete(query);
  }

  private complete(query: Query): void {
    const data = query.state.data as Snapshot | undefined;
    if (!data) return;
    const asOf = oldestAsOf(data);
    if (!covers(this.ring, asOf)) {
      void this.client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    } else this.fold(query, since(this.ring, asOf));
  }

  private fold(query: Query, events: readonly DurableEvent[]): void {
    const data = query.state.data as Snapshot | undefined;
    if (!data) return;
    const next = events.reduce((d, event) => foldSnapshot(query.queryKey, d, event, this.me), data);
    if (next !== data)
      this.client.setQueryData(query.queryKey, next, { updatedAt: query.state.dataUpdatedAt });
  }

  private sideEffects(event: DurableEvent): void {
    switch (event.type) {
      case "message.created":
        if (event.message.client_id) this.onMessage(event.message.client_id);
        this.countsSoon();
        break;
      case "conversation.changed":
        this.countsSoon();
        break;
      case "contact.changed":
        void this.client.invalidateQueries({ queryKey: keys.contact(event.contact_id) });
        void this.client.invalidateQueries({ queryKey: keys.contacts });
        this.rereadWith(event.contact_id);
        break;
      case "channel.changed":
        void this.client.invalidateQueries({ queryKey: keys.channels });
        break;
      case "subscription.changed":
        void this.client.invalidateQueries({ queryKey: keys.billing });
        break;
    }
  }

  // The event tells who changed, not how; conversations carry the name.
  private rereadWith(contactId: string): void {
    for (const query of this.snapshots()) {
      if (query.queryKey[0] !== "messages" && mentions(query.state.data, contactId))
        void this.client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
  }

  // Counts cannot be derived from conversations that are not loaded, so they are read, not guessed.
  private countsSoon(): void {
    this.countsTimer ??= setTimeout(() => {
      this.countsTimer = undefined;
      void this.client.invalidateQueries({ queryKey: keys.counts });
      void this.client.invalidateQueries({ queryKey: keys.queues });
    }, COUNTS_EVERY_MS);
  }
}

function mentions(data: unknown, contactId: string): boolean {
  const held = data as Pages<Conversations> | ConversationView | undefined;
  if (!held) return false;
  if (!("pages" in held)) return held.conversation.contact.id === contactId;
  return held.pages.some((page) => page.items.some((item) => item.contact.id === contactId));
}

function isSnapshot(query: Query): boolean {
  return SNAPSHOTS.has(String(query.queryKey[0]));
}

function oldestAsOf(data: Snapshot): number {
  return "pages" in data ? Math.min(...data.pages.map((page) => page.as_of)) : data.as_of;
}

export function foldSnapshot(
  key: readonly unknown[],
  data: Snapshot,
  event: DurableEvent,
  me: string,
): Snapshot {
  if (!("pages" in data)) return foldView(data, event);
  if (key[0] === "messages") {
    const held = data.pages as Messages[];
    const pages = foldMessages(held, event, String(key[1]));
    return same(held, pages) ? data : { ...(data as Pages<Messages>), pages: [...pages] };
  }
  const held = data.pages as Conversations[];
  const pages = foldList(held, event, { filter: key[1] as Filter, q: String(key[2] ?? ""), me });
  return same(held, pages) ? data : { ...(data as Pages<Conversations>), pages: [...pages] };
}

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || a.every((item, index) => item === b[index]);
}

// Sends entries in order per conversation, waits out a lost network, and survives a reload.
import { ApiError, isPassing } from "../../../lib/http";
import type { Message } from "../../../types/api";
import { add, change, drop, type Entries, type Entry, nextToSend, restored, retry } from "./entry";

export interface Keep {
  load: () => Promise<Entry[]>;
  put: (entry: Entry) => Promise<void>;
  remove: (clientId: string) => Promise<void>;
}

const WAITS_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

export class Outbox {
  private entries: Entries = [];
  private readonly listeners = new Set<() => void>();
  private readonly waits = new Map<string, number>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    private readonly send: (entry: Entry) => Promise<Message>,
    private readonly onSent: (message: Message) => void,
    private readonly keep: Keep,
  ) {}

  async start(): Promise<void> {
    const kept = restored(await this.keep.load());
    this.set(kept.reduce(add, this.entries));
    this.pumpAll();
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Entries => this.entries;

  post(entry: Entry): void {
    this.set(add(this.entries, entry));
    void this.keep.put(entry);
    void this.pump(entry.conversation_id);
  }

  again(clientId: string): void {
    this.set(retry(this.entries, clientId));
    const entry = this.entries.find((e) => e.client_id === clientId);
    if (!entry) return;
    void this.keep.put(entry);
    void this.pump(entry.conversation_id);
  }

  // Confirmed by answer or echo, or given up by its author.
  discard = (clientId: string): void => {
    const rest = drop(this.entries, clientId);
    if (rest === this.entries) return;
    this.set(rest);
    void this.keep.remove(clientId);
  };

  pumpAll = (): void => {
    for (const id of new Set(this.entries.map((e) => e.conversation_id))) void this.pump(id);
  };

  private set(entries: Entries): void {
    this.entries = entries;
    for (const listener of this.listeners) listener();
  }

  private async pump(conversationId: string): Promise<void> {
    const entry = nextToSend(this.entries, conversationId);
    if (!entry) return;
    this.set(change(this.entries, entry.client_id, { state: "sending" }));
    try {
      const message = await this.send(entry);
      this.waits.delete(conversationId);
      this.onSent(message);
      this.discard(entry.client_id);
    } catch (error) {
      this.refused(entry, error);
      if (isLater(error)) return this.later(conversationId);
    }
    return this.pump(conversationId);
  }

  private refused(entry: Entry, error: unknown): void {
    if (isLater(error)) {
      this.set(change(this.entries, entry.client_id, { state: "queued" }));
      return;
    }
    const problem = {
      code: error instanceof ApiError ? error.code : "fault",
      message: error instanceof Error ? error.message : "",
    };
    this.set(change(this.entries, entry.client_id, { state: "failed", problem }));
    const failed = this.entries.find((e) => e.client_id === entry.client_id);
    if (failed) void this.keep.put(failed);
  }

  private later(conversationId: string): void {
    const tried = this.waits.get(conversationId) ?? 0;
    this.waits.set(conversationId, tried + 1);
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        void this.pump(conversationId);
      },
      WAITS_MS[Math.min(tried, WAITS_MS.length - 1)],
    );
    this.timers.add(timer);
  }
}

// 401: the person signs in again and it goes out then.
function isLater(error: unknown): boolean {
  return isPassing(error) || (error instanceof ApiError && error.status === 401);
}

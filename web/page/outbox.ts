import type { EventMessage, IntentDone } from "#client";
import { IntentError, type SidetoneClient } from "../client/client.ts";
import { safeAddress } from "./elements.ts";
import type { Outgoing } from "./shell.ts";

/** What the interface may ask of the page; see shell/outbox.hpp. */
export type Requests = Record<string, (value: string) => void | Promise<void>>;

interface Hooks {
  /** Undefined: this window has none. */
  client(): Promise<SidetoneClient> | undefined;
  done(done: IntentDone): void;
  requests: Requests;
}

/** Carries out what the interface wants: events to the client, requests by the page. */
export class OutboxReader {
  #hooks: Hooks;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  carryOut({ events, requests }: Outgoing): void {
    for (const { intent, event } of events) void this.#event(intent, event);
    for (const { name, value } of requests) void this.#request(name, value);
  }

  async #event(intent: number, event: EventMessage): Promise<void> {
    const client = await this.#hooks.client();
    const done = { t: "intent_done", intent, value: "", code: "", text: "" } as const;
    if (!client) return this.#hooks.done({ ...done, code: "not_ready" });
    // Many of these come with every glance at a list; nobody waits for their end.
    if (event.t === "watch" || event.t === "typing" || event.t === "read_chat") return client.dispatch(event);
    try {
      this.#hooks.done({ ...done, ok: true, value: await client.intent(event) });
    } catch (error) {
      if (!(error instanceof IntentError)) throw error;
      this.#hooks.done({ ...done, code: error.code, text: error.message, retry_after_ms: error.retryAfterMs });
    }
  }

  async #request(name: string, value: string): Promise<void> {
    try {
      if (!(name in this.#hooks.requests)) throw new Error("the page does not know how");
      await this.#hooks.requests[name]?.(value);
    } catch (error) {
      console.warn(`${name}:`, error);
    }
  }
}

export function openLink(address: string): void {
  const safe = safeAddress(address);
  if (safe !== "about:blank") window.open(safe, "_blank", "noopener,noreferrer");
}

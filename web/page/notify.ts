import type { Notify } from "#client";
import type { ClientView } from "../client/core.ts";
import { withoutTurning } from "./semantics.ts";

interface Hooks {
  view(): ClientView;
  word(key: string, values?: Readonly<Record<string, string>>): string;
  /** Somebody has pressed a notification. */
  opened(notice: Notify): void;
}

type Permission = "default" | "granted" | "denied" | "unsupported";
const readPermission = (): Permission => ("Notification" in globalThis ? Notification.permission : "unsupported");

/** Tells what happens while the page is not in front: notifications, the title, the badge of an installed page. */
export class Notifier {
  #hooks: Hooks;
  #shown = new Map<string, Notification>();
  #title = document.title;
  /** Kept: a browser asks another process whenever it is read. */
  #permission = readPermission();

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
    navigator.permissions?.query({ name: "notifications" }).then(
      (status) => status.addEventListener("change", () => (this.#permission = readPermission())),
      () => undefined,
    );
    document.addEventListener("visibilitychange", () => {
      this.#permission = readPermission();
      if (!document.hidden) this.#clear((tag) => tag.startsWith("message"));
    });
  }

  get permission(): Permission {
    return this.#permission;
  }
  async allow(): Promise<void> {
    if ("Notification" in globalThis) this.#permission = await Notification.requestPermission();
  }

  tell(notice: Notify): void {
    const inFront = !document.hidden && document.hasFocus();
    if (inFront || this.permission !== "granted") return;
    const contact = this.#hooks.view().contacts.find((one) => one.user === notice.from);
    const name = withoutTurning(contact?.name ?? "") || this.#hooks.word("people.unknown");
    const calls = notice.notice !== "message";
    const tag = `${notice.notice}-${notice.from}`;
    const body = calls ? this.#hooks.word(`notice.${notice.notice}`) : withoutTurning(notice.text.slice(0, 200));
    try {
      const shown = new Notification(name, { body, tag, icon: "icon.svg", requireInteraction: notice.notice === "incoming_call", silent: notice.notice === "incoming_call" });
      this.#shown.set(tag, shown);
      shown.onclose = () => this.#shown.delete(tag);
      shown.onclick = () => {
        window.focus();
        shown.close();
        this.#hooks.opened(notice);
      };
    } catch {
      // Where only a service worker may show one (Android), the title has to do.
    }
  }

  /** After every change. */
  update(): void {
    const { unread, calls } = this.#hooks.view();
    const ringing = calls.some((call) => call.phase === "incoming");
    if (!ringing) this.#clear((tag) => tag.startsWith("incoming_call"));
    const live = calls.find((call) => call.phase === "in_call");
    const sign = ringing ? "☎ " : live ? (live.muted ? "⊘ " : "● ") : "";
    const title = `${sign}${unread > 0 ? `(${unread}) ` : ""}${this.#title}`;
    // Even the same once more is told to the browser's window.
    if (document.title !== title) document.title = title;
    const badge = navigator as Navigator & { setAppBadge?(count: number): Promise<void> };
    if (badge.setAppBadge && this.#badge !== unread) void badge.setAppBadge(unread).catch(() => undefined);
    this.#badge = unread;
  }
  #badge = 0;

  #clear(which: (tag: string) => boolean): void {
    for (const [tag, shown] of this.#shown) if (which(tag)) shown.close();
  }
}

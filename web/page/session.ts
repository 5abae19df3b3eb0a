import type { ClientView } from "../client/core.ts";
import type { SidetoneClient } from "../client/client.ts";

/** The running call towards browser and system: headset and media keys, the question before the page is closed. */
export class CallSession {
  #client: SidetoneClient;
  #call = "";
  #microphone: boolean | undefined;
  /** The page leaves by its own will: nothing is asked. */
  leaving = false;

  constructor(client: SidetoneClient) {
    this.#client = client;
    addEventListener("beforeunload", (event) => {
      // A call by a host outlives the page.
      const live = this.#live();
      if (live && live.host === undefined && !this.leaving) event.preventDefault();
    });
  }

  #live(view: ClientView = this.#client.view) {
    return view.calls.find((call) => call.phase === "in_call" || call.phase === "connecting");
  }

  /** After every change. */
  update(): void {
    if (!("mediaSession" in navigator)) return;
    const session = navigator.mediaSession;
    const live = this.#live();
    if ((live?.call ?? "") !== this.#call) {
      this.#call = live?.call ?? "";
      this.#handle("togglemicrophone", live && (() => this.#toggle()));
      this.#handle("hangup", live && (() => void this.#client.hangUp(this.#call).catch(() => undefined)));
      session.playbackState = live ? "playing" : "none";
    }
    const microphone = live && live.muted !== true;
    if (microphone === this.#microphone) return;
    this.#microphone = microphone;
    if (microphone !== undefined) void Promise.resolve(session.setMicrophoneActive?.(microphone)).catch(() => undefined);
  }

  #toggle(): void {
    const live = this.#live();
    if (live) void this.#client.mute(live.call, live.muted !== true).catch(() => undefined);
  }

  #handle(action: string, handler: (() => void) | undefined): void {
    try {
      navigator.mediaSession.setActionHandler(action as MediaSessionAction, handler ?? null);
    } catch {
      // Not every browser knows every action.
    }
  }
}

/** The number of `?dial=tel:…`, as a handler of such links opens the page; undefined: none. The address is cleaned, so that a reload does not dial again. */
export function takeDialRequest(): string | undefined {
  const url = new URL(location.href);
  const asked = url.searchParams.get("dial");
  if (asked === null) return undefined;
  url.searchParams.delete("dial");
  history.replaceState(null, "", url);
  return numberOf(asked);
}

/** @returns undefined for what is no number or name to dial. */
export function numberOf(address: string): string | undefined {
  const plain = address.trim().replace(/^(web\+)?(tel|sip|sips|sidetone|callto):(\/\/)?/i, "");
  const [user = ""] = plain.split(/[@;?]/);
  const number = /^[+\d][\d\s().-]*$/.test(user) ? user.replace(/[\s().-]/g, "") : user;
  return /^[\w.+*#-]{1,64}$/.test(number) ? number : undefined;
}

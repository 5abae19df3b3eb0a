import type { DtmfTone } from "#protocol";
import { invalidState } from "./errors.ts";
import { defineHandlers, eventTargetOf } from "./handlers.ts";

const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, Math.trunc(value)));

/** https://www.w3.org/TR/webrtc/#dom-rtcdtmftonechangeevent */
export class ToneChangeEvent extends Event implements RTCDTMFToneChangeEvent {
  readonly tone: string;
  constructor(type: string, init: RTCDTMFToneChangeEventInit = {}) {
    super(type);
    this.tone = init.tone ?? "";
  }
}

/** What keys are pressed by. */
export interface KeyPresser {
  /** The connection is there, voice is sent, and the far end takes telephone events. */
  readonly takesKeys: boolean;
  /** @param append  behind the keys that have not sounded, instead of in their place. */
  press(keys: string, durationMs: number, gapMs: number, append: boolean): Promise<void>;
}

/** Keys of a telephone, which the host sends as RTP events (RFC 4733). https://www.w3.org/TR/webrtc/#rtcdtmfsender */
export class DtmfSender extends eventTargetOf<RTCDTMFSender>() implements RTCDTMFSender {
  declare ontonechange: RTCDTMFSender["ontonechange"];
  #presser: KeyPresser;
  #toneBuffer = "";
  /** Orders that the host has not answered yet, and those of them that take back what was before. */
  #waiting = 0;
  #replacing = 0;

  /** For senders. */
  constructor(presser: KeyPresser) {
    if (!presser) throw new TypeError("Illegal constructor");
    super();
    this.#presser = presser;
  }

  get canInsertDTMF(): boolean {
    return this.#presser.takesKeys;
  }
  get toneBuffer(): string {
    return this.#toneBuffer;
  }

  /**
   * @param duration  ms, 40 to 6000. @param interToneGap  ms, 30 to 6000.
   * @throws InvalidStateError: no key can be sent; InvalidCharacterError: a character is no key.
   */
  insertDTMF(tones: string, duration = 100, interToneGap = 70): void {
    if (!this.canInsertDTMF) throw invalidState("the far end takes no keys now");
    const keys = String(tones).toUpperCase();
    if (!/^[0-9A-D#*,]*$/.test(keys)) throw new DOMException(`"${tones}" is not of 0 to 9, A to D, #, * and ','`, "InvalidCharacterError");
    // `toneBuffer + more` adds keys. The host may be a key further on than is known here: it is told what is added alone, or a key would sound twice.
    const append = keys.startsWith(this.#toneBuffer);
    const ordered = append ? keys.slice(this.#toneBuffer.length) : keys;
    this.#toneBuffer = keys;
    ++this.#waiting;
    if (!append) ++this.#replacing;
    this.#presser
      .press(ordered, within(duration, 40, 6000), within(interToneGap, 30, 6000), append)
      .catch(() => {
        if (this.#waiting === 1) this.#toneBuffer = "";
      })
      .finally(() => {
        --this.#waiting;
        if (!append) --this.#replacing;
      });
  }

  /** For the peer connection. */
  changed(change: Pick<DtmfTone, "x" | "y">): void {
    if (this.#waiting === 0) this.#toneBuffer = change.y;
    else if (this.#replacing === 0 && change.x !== "" && this.#toneBuffer.startsWith(change.x)) this.#toneBuffer = this.#toneBuffer.slice(1);
    this.dispatchEvent(new ToneChangeEvent("tonechange", { tone: change.x }));
  }
}
defineHandlers(DtmfSender.prototype, ["tonechange"]);

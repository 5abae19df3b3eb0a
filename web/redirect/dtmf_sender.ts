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
  press(keys: string, durationMs: number, gapMs: number): Promise<void>;
}

/** Keys of a telephone, which the host sends as RTP events (RFC 4733). https://www.w3.org/TR/webrtc/#rtcdtmfsender */
export class DtmfSender extends eventTargetOf<RTCDTMFSender>() implements RTCDTMFSender {
  declare ontonechange: RTCDTMFSender["ontonechange"];
  #presser: KeyPresser;
  #toneBuffer = "";
  /** Orders that the host has not taken yet: what it tells until then is of the one before. */
  #waiting = 0;

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
    this.#toneBuffer = keys;
    ++this.#waiting;
    this.#presser
      .press(keys, within(duration, 40, 6000), within(interToneGap, 30, 6000))
      .catch(() => {
        if (this.#waiting === 1) this.#toneBuffer = "";
      })
      .finally(() => --this.#waiting);
  }

  /** For the peer connection. */
  changed(change: Pick<DtmfTone, "x" | "y">): void {
    if (this.#waiting === 0) this.#toneBuffer = change.y;
    this.dispatchEvent(new ToneChangeEvent("tonechange", { tone: change.x }));
  }
}
defineHandlers(DtmfSender.prototype, ["tonechange"]);

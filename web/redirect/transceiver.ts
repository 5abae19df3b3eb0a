import type { Direction, Transceiver as TransceiverState } from "#protocol";
import { capabilitiesOf } from "./capabilities.ts";
import { DtmfSender } from "./dtmf_sender.ts";
import { invalidState, notSupported } from "./errors.ts";
import { MediaStreamTrack } from "./media_track.ts";

/** What senders, receivers and transceivers ask of their peer connection. */
export interface TransceiverOwner {
  readonly closed: boolean;
  readonly connectionState: RTCPeerConnectionState;
  /** @returns after the host has done it. */
  changeTransceiver(transceiver: Transceiver, change: { direction?: Direction; track?: string }): Promise<void>;
  statsOf(transceiver: Transceiver, side: "sender" | "receiver"): Promise<RTCStatsReport>;
  setPlayout(playout: Playout): Promise<void>;
  pressKeys(keys: string, durationMs: number, gapMs: number, append: boolean): Promise<void>;
}

/** Not of the W3C: where and how loud the host plays the far end's voice. */
export interface Playout {
  deviceId: string;
  /** 0 to 1 */
  volume: number;
  muted: boolean;
}

const parameters = () => ({ codecs: [], headerExtensions: [], rtcp: {} });

/** https://www.w3.org/TR/webrtc/#rtcrtpsender-interface */
export class RtpSender implements RTCRtpSender {
  readonly dtmf: DtmfSender;
  readonly transport = null;
  transform: RTCRtpSenderTransform | null = null;
  #owner: TransceiverOwner;
  #transceiver: Transceiver;
  #track: globalThis.MediaStreamTrack | null;

  /** For transceivers. */
  constructor(owner: TransceiverOwner, transceiver: Transceiver, track: globalThis.MediaStreamTrack | null) {
    if (!transceiver) throw new TypeError("Illegal constructor");
    this.#owner = owner;
    this.#transceiver = transceiver;
    this.#track = track;
    this.dtmf = new DtmfSender({
      get takesKeys() {
        return owner.connectionState === "connected" && transceiver.takesKeys;
      },
      press: (keys, durationMs, gapMs, append) => owner.pressKeys(keys, durationMs, gapMs, append),
    });
  }
  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    return capabilitiesOf(kind);
  }
  get track(): globalThis.MediaStreamTrack | null {
    return this.#track;
  }
  getParameters(): RTCRtpSendParameters {
    return { ...parameters(), encodings: [{}], transactionId: "" };
  }
  setParameters(): Promise<void> {
    return Promise.reject(notSupported("the host chooses how it encodes"));
  }
  getStats(): Promise<RTCStatsReport> {
    return this.#owner.statsOf(this.#transceiver, "sender");
  }
  setStreams(): void {
    if (this.#owner.closed) throw invalidState("the connection is closed");
  }
  /** @throws (rejects) TypeError: not an audio track of the host; InvalidStateError: closed or stopped. */
  async replaceTrack(track: globalThis.MediaStreamTrack | null): Promise<void> {
    if (this.#owner.closed || this.#transceiver.stopped) throw invalidState("the connection is closed or the transceiver stopped");
    const id = track === null ? "" : hostTrack(track).id;
    await this.#owner.changeTransceiver(this.#transceiver, { track: id });
    this.#track = track;
  }
  /** For the peer connection. */
  setTrackNow(track: globalThis.MediaStreamTrack | null): void {
    this.#track = track;
  }
}

/** https://www.w3.org/TR/webrtc/#rtcrtpreceiver-interface */
export class RtpReceiver implements RTCRtpReceiver {
  readonly track: MediaStreamTrack;
  readonly transport = null;
  transform: RTCRtpReceiverTransform | null = null;
  jitterBufferTarget: number | null = null;
  #owner: TransceiverOwner;
  #transceiver: Transceiver;
  #playout: Playout = { deviceId: "", volume: 1, muted: false };

  /** For transceivers. */
  constructor(owner: TransceiverOwner, transceiver: Transceiver, track: MediaStreamTrack) {
    if (!transceiver) throw new TypeError("Illegal constructor");
    this.#owner = owner;
    this.#transceiver = transceiver;
    this.track = track;
    track.whenEnabledChanges(() => void this.setPlayout({}).catch(() => undefined));
  }
  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    return capabilitiesOf(kind);
  }
  getContributingSources(): RTCRtpContributingSource[] {
    return [];
  }
  getSynchronizationSources(): RTCRtpSynchronizationSource[] {
    return [];
  }
  getParameters(): RTCRtpReceiveParameters {
    return parameters();
  }
  getStats(): Promise<RTCStatsReport> {
    return this.#owner.statsOf(this.#transceiver, "receiver");
  }
  /** Not of the W3C, which has this on media elements: the loudspeaker, volume and muting of the far end's voice. A track that is not enabled stays silent. */
  async setPlayout(change: Partial<Playout>): Promise<void> {
    this.#playout = { ...this.#playout, ...change };
    await this.#owner.setPlayout({ ...this.#playout, muted: this.#playout.muted || !this.track.enabled });
  }
}

/** https://www.w3.org/TR/webrtc/#rtcrtptransceiver-interface */
export class Transceiver implements RTCRtpTransceiver {
  readonly sender: RtpSender;
  readonly receiver: RtpReceiver;
  /** Direction of the last description that was set on this side; negotiation is needed while it differs. */
  offered: Direction | null = null;
  /** The far end's voice is announced by a track event. */
  firedTrack = false;
  streams: globalThis.MediaStream[] = [];
  #owner: TransceiverOwner;
  #mid: string | null = null;
  #direction: Direction;
  #currentDirection: Direction | null = null;
  #events = false;
  #changed: () => void;

  constructor(owner: TransceiverOwner, remote: MediaStreamTrack, track: globalThis.MediaStreamTrack | null, direction: Direction, changed: () => void) {
    this.#owner = owner;
    this.#direction = direction;
    this.#changed = changed;
    this.sender = new RtpSender(owner, this, track);
    this.receiver = new RtpReceiver(owner, this, remote);
  }

  get mid(): string | null {
    return this.#mid;
  }
  get stopped(): boolean {
    return this.#direction === "stopped";
  }
  get currentDirection(): RTCRtpTransceiverDirection | null {
    return this.#currentDirection;
  }
  get direction(): RTCRtpTransceiverDirection {
    return this.#direction;
  }
  set direction(direction: RTCRtpTransceiverDirection) {
    if (direction === "stopped") throw new TypeError("stopped is not a direction to set");
    if (this.#owner.closed || this.stopped) throw invalidState("the connection is closed or the transceiver stopped");
    if (direction === this.#direction) return;
    this.#direction = direction;
    this.#owner.changeTransceiver(this, { direction }).catch(() => undefined);
    this.#changed();
  }
  stop(): void {
    if (this.#owner.closed) throw invalidState("the connection is closed");
    if (this.stopped) return;
    this.#direction = "stopped";
    this.#owner.changeTransceiver(this, { direction: "stopped" }).catch(() => undefined);
    this.#changed();
  }
  setCodecPreferences(): void {
    throw notSupported("the host chooses the codec");
  }

  /** Voice is sent, and telephone events are negotiated. */
  get takesKeys(): boolean {
    return this.#events && !this.stopped && (this.#currentDirection === "sendrecv" || this.#currentDirection === "sendonly");
  }

  /** For the peer connection: as the host has it now. */
  sync(state: Pick<TransceiverState, "m" | "z"> & { c?: boolean | undefined }): void {
    this.#mid = state.m === "" ? null : state.m;
    this.#currentDirection = state.z ?? this.#currentDirection;
    this.#events = state.c ?? this.#events;
  }
  syncDirection(direction: Direction): void {
    this.#direction = direction;
  }
}

/** @throws TypeError: a track that the host does not know. */
export function hostTrack(track: globalThis.MediaStreamTrack): MediaStreamTrack {
  if (track instanceof MediaStreamTrack && track.captured) return track;
  throw new TypeError("only a microphone of the native host can be sent");
}

import { randomId } from "./encoding.ts";
import { defineHandlers } from "./handlers.ts";
import type { HostConnection } from "./host_connection.ts";

/** Where a track comes from. */
export type TrackSource = { kind: "capture"; deviceId: string; label: string } | { kind: "remote" };

/**
 * A microphone of the native host, or the far end's voice, which the host plays by itself. No samples pass through here.
 * https://www.w3.org/TR/mediacapture-streams/#mediastreamtrack
 */
export class MediaStreamTrack extends EventTarget implements globalThis.MediaStreamTrack {
  declare onended: globalThis.MediaStreamTrack["onended"];
  declare onmute: globalThis.MediaStreamTrack["onmute"];
  declare onunmute: globalThis.MediaStreamTrack["onunmute"];
  contentHint = "";
  readonly id: string;
  readonly kind = "audio";
  readonly host: HostConnection;
  #source: TrackSource;
  #enabled = true;
  #muted: boolean;
  #readyState: MediaStreamTrackState = "live";
  #constraints: MediaTrackConstraints = {};

  /** For the classes of this folder; programs get tracks from getUserMedia and from receivers. */
  constructor(host: HostConnection, source: TrackSource, id = randomId()) {
    super();
    this.host = host;
    this.id = id;
    this.#source = source;
    this.#muted = source.kind === "remote";
    if (source.kind === "capture") this.#listen();
  }

  get label(): string {
    return this.#source.kind === "capture" ? this.#source.label : "remote audio";
  }
  get muted(): boolean {
    return this.#muted;
  }
  get readyState(): MediaStreamTrackState {
    return this.#readyState;
  }
  /** A capture of this host, whose id the host knows. */
  get captured(): boolean {
    return this.#source.kind === "capture";
  }
  get enabled(): boolean {
    return this.#enabled;
  }
  set enabled(enabled: boolean) {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    if (this.captured && this.#readyState === "live") this.#set();
  }

  stop(): void {
    if (this.#readyState === "ended") return;
    this.#readyState = "ended";
    if (!this.captured) return;
    this.host.listenToTrack(this.id, null);
    this.host.request({ t: "track_stop", k: this.id }).catch(() => undefined);
  }

  clone(): MediaStreamTrack {
    const copy = new MediaStreamTrack(this.host, { ...this.#source });
    copy.#enabled = this.#enabled;
    copy.#readyState = this.#readyState;
    if (this.#source.kind === "capture" && this.#readyState === "live") {
      this.host.request({ t: "track_capture", k: copy.id, i: this.#source.deviceId }).catch(() => copy.#end());
      if (!copy.#enabled) copy.#set();
    }
    return copy;
  }

  async applyConstraints(constraints: MediaTrackConstraints = {}): Promise<void> {
    const device = deviceIdOf(constraints);
    if (device !== undefined && device !== this.getSettings().deviceId) await this.setDevice(device);
    this.#constraints = constraints;
  }
  getConstraints(): MediaTrackConstraints {
    return structuredClone(this.#constraints);
  }
  getSettings(): MediaTrackSettings {
    if (this.#source.kind !== "capture") return {};
    return { deviceId: this.#source.deviceId, groupId: "", sampleRate: 48000, channelCount: 1 };
  }
  getCapabilities(): MediaTrackCapabilities {
    return this.#source.kind === "capture" ? { deviceId: this.#source.deviceId } : {};
  }

  /**
   * Not of the W3C: record from another microphone from now on. A track that ended because its device was lost is live again.
   * @throws (rejects) NotFoundError
   */
  async setDevice(deviceId: string, label = deviceId): Promise<void> {
    if (!this.captured) throw new DOMException("not a microphone", "InvalidStateError");
    await this.host.request({ t: "track_set", k: this.id, z: this.#enabled, i: deviceId });
    this.#source = { kind: "capture", deviceId, label };
    this.#readyState = "live";
    this.#listen();
  }

  /** For receivers: the far end's voice has begun or paused. */
  setMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }
  /** For receivers: the connection is closed. */
  endRemote(): void {
    if (!this.captured) this.#readyState = "ended";
  }

  #listen(): void {
    this.host.listenToTrack(this.id, () => this.#end());
  }
  #set(): void {
    this.host.request({ t: "track_set", k: this.id, z: this.#enabled }).catch(() => undefined);
  }
  #end(): void {
    if (this.#readyState === "ended") return;
    this.#readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}
defineHandlers(MediaStreamTrack.prototype, ["ended", "mute", "unmute"]);

/** The device that constraints ask for; undefined: they do not say. */
export function deviceIdOf(constraints: MediaTrackConstraints | boolean | undefined): string | undefined {
  if (typeof constraints !== "object") return undefined;
  const wanted = constraints.deviceId;
  if (typeof wanted === "string") return wanted;
  if (Array.isArray(wanted)) return wanted[0];
  const one = wanted?.exact ?? wanted?.ideal;
  return Array.isArray(one) ? one[0] : one;
}

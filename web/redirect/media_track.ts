import { randomId } from "./encoding.ts";
import { OverconstrainedError } from "./errors.ts";
import { defineHandlers, eventTargetOf } from "./handlers.ts";
import type { HostConnection } from "./host_connection.ts";

/** Where a track comes from. */
export type TrackSource = { kind: "capture"; deviceId: string; label: string; enabled?: boolean } | { kind: "remote" };

/**
 * A microphone of the native host, or the far end's voice, which the host plays by itself. No samples pass through here.
 * https://www.w3.org/TR/mediacapture-streams/#mediastreamtrack
 */
export class MediaStreamTrack extends eventTargetOf<globalThis.MediaStreamTrack>() implements globalThis.MediaStreamTrack {
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
  #constraints: MediaTrackConstraints;
  #enabledChanged: (() => void) | null = null;

  /** For the classes of this folder; programs get tracks from getUserMedia and from receivers. */
  constructor(host: HostConnection, source: TrackSource, id = randomId(), constraints: MediaTrackConstraints = {}) {
    if (!source) throw new TypeError("Illegal constructor");
    super();
    this.host = host;
    this.id = id;
    this.#source = source;
    this.#constraints = constraints;
    this.#muted = source.kind === "remote";
    if (source.kind === "remote") return;
    this.#enabled = source.enabled ?? true;
    this.#listen();
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
    if (!this.captured) this.#enabledChanged?.();
    else if (this.#readyState === "live") this.#set();
  }

  stop(): void {
    if (this.#readyState === "ended") return;
    this.#readyState = "ended";
    if (!this.captured) return;
    this.host.listenToTrack(this.id, null);
    this.host.end({ t: "track_stop", k: this.id });
  }

  clone(): MediaStreamTrack {
    const copy = new MediaStreamTrack(this.host, { ...this.#source }, undefined, this.#constraints);
    copy.#enabled = this.#enabled;
    copy.#readyState = this.#readyState;
    if (this.#source.kind === "capture" && this.#readyState === "live") {
      this.host.request({ t: "track_capture", k: copy.id, i: this.#source.deviceId, ...wantedProcessing(this.#constraints) }).catch(() => copy.#end());
      if (!copy.#enabled) copy.#set();
    }
    return copy;
  }

  /** @throws (rejects) OverconstrainedError: the device that is demanded is not there; one that is only preferred changes nothing then. */
  async applyConstraints(constraints: MediaTrackConstraints = {}): Promise<void> {
    const { devices, exact } = wantedDevices(constraints);
    const now = this.#source.kind === "capture" ? this.#source.deviceId : undefined;
    if (now !== undefined && devices.length > 0 && !(exact && devices.includes(now)))
      await firstDevice(this.host, exact ? devices : [...devices, now], exact, (device) => (device === now ? Promise.resolve() : this.setDevice(device)));
    const processing = wantedProcessing(constraints);
    if (now !== undefined && Object.keys(processing).length > 0) await this.host.request({ t: "track_set", k: this.id, z: this.#enabled, ...processing });
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
  /** For receivers, which play it: called when `enabled` changes. */
  whenEnabledChanges(changed: () => void): void {
    this.#enabledChanged = changed;
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

/** The devices that constraints name, best first, and whether it must be one of them: a bare id and `ideal` are preferences, `exact` is not. */
export function wantedDevices(constraints: MediaTrackConstraints | boolean | undefined): { devices: string[]; exact: boolean } {
  const wanted = typeof constraints === "object" ? constraints.deviceId : undefined;
  const list = (value: string | string[] | undefined) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
  if (typeof wanted === "string" || Array.isArray(wanted)) return { devices: list(wanted), exact: false };
  if (wanted?.exact !== undefined) return { devices: list(wanted.exact), exact: true };
  return { devices: list(wanted?.ideal), exact: false };
}

/** A bare value or a demanded one before a preferred one: the host can do each of them. */
function wantedSwitch(constraint: boolean | string | { exact?: unknown; ideal?: unknown } | undefined): boolean | undefined {
  const wanted: unknown = typeof constraint === "object" ? (constraint.exact ?? constraint.ideal) : constraint;
  return typeof wanted === "boolean" ? wanted : undefined;
}

/** What constraints say of the host's sound processing, as its messages have it; what they leave open is left out. */
export function wantedProcessing(constraints: MediaTrackConstraints | boolean | undefined): { c?: boolean; n?: boolean; g?: boolean } {
  if (typeof constraints !== "object") return {};
  const c = wantedSwitch(constraints.echoCancellation);
  const n = wantedSwitch(constraints.noiseSuppression);
  const g = wantedSwitch(constraints.autoGainControl);
  return { ...(c !== undefined && { c }), ...(n !== undefined && { n }), ...(g !== undefined && { g }) };
}

/**
 * Uses the first device that is there.
 * @throws (rejects) OverconstrainedError: none of those that are demanded is, though there are others; NotFoundError: there is none.
 */
export async function firstDevice(host: HostConnection, devices: readonly string[], exact: boolean, use: (device: string) => Promise<void>): Promise<void> {
  for (const [index, device] of devices.entries()) {
    try {
      return await use(device);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "NotFoundError")) throw error;
      if (index < devices.length - 1) continue;
      const others = exact && ((await host.request({ t: "media_device_list" })).l ?? []).some((one) => one.y === "audioinput");
      throw others ? new OverconstrainedError("deviceId", error.message) : error;
    }
  }
}

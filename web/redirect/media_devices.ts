import type { MediaDevice, Sound } from "#protocol";
import { notSupported, OverconstrainedError } from "./errors.ts";
import { defineHandlers, eventTargetOf } from "./handlers.ts";
import type { HostConnection } from "./host_connection.ts";
import { MediaStream } from "./media_stream.ts";
import { firstDevice, MediaStreamTrack, wantedDevices, wantedProcessing } from "./media_track.ts";

/** https://www.w3.org/TR/mediacapture-streams/#device-info */
export class MediaDeviceInfo implements globalThis.MediaDeviceInfo {
  readonly deviceId: string;
  readonly groupId = "";
  readonly kind: MediaDeviceKind;
  readonly label: string;
  constructor(device: MediaDevice) {
    this.deviceId = device.i;
    this.kind = device.y;
    this.label = device.n;
  }
  toJSON(): object {
    return { deviceId: this.deviceId, groupId: this.groupId, kind: this.kind, label: this.label };
  }
}

/** A microphone is asked for anew this often, each time for twice as long. */
const watchAgainMs = 5_000;

/** The audio devices of the native host. https://www.w3.org/TR/mediacapture-streams/#mediadevices */
export class MediaDevices extends eventTargetOf<globalThis.MediaDevices>() implements globalThis.MediaDevices {
  declare ondevicechange: globalThis.MediaDevices["ondevicechange"];
  #host: HostConnection;
  #known: MediaDevice[] = [];

  constructor(host: HostConnection) {
    super();
    this.#host = host;
    host.addEventListener("devices", (event) => {
      this.#known = (event as CustomEvent<{ l?: MediaDevice[] }>).detail.l ?? [];
      this.dispatchEvent(new Event("devicechange"));
    });
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    this.#known = (await this.#host.request({ t: "media_device_list" })).l ?? [];
    return this.#known.map((device) => new MediaDeviceInfo(device));
  }

  /**
   * Audio only. Besides the host's microphones there are the devices `music` and `echo` on every host.
   * @throws (rejects) TypeError: neither audio nor video; NotFoundError: no microphone, or video was asked for; OverconstrainedError: not the
   *   one whose id is `exact`. A bare or `ideal` id that is not there gives the default microphone.
   */
  async getUserMedia(constraints: MediaStreamConstraints = {}): Promise<MediaStream> {
    if (!constraints.audio && !constraints.video) throw new TypeError("neither audio nor video is asked for");
    if (constraints.video) throw new DOMException("a native host has no camera", "NotFoundError");
    const { devices, exact } = wantedDevices(constraints.audio);
    let track: MediaStreamTrack | undefined;
    await firstDevice(this.#host, exact ? devices : [...devices, ""], exact, async (deviceId) => {
      const label = this.#known.find((device) => device.i === deviceId)?.n ?? deviceId;
      const asked = typeof constraints.audio === "object" ? constraints.audio : {};
      const made = new MediaStreamTrack(this.#host, { kind: "capture", deviceId, label }, undefined, asked);
      try {
        await this.#host.request({ t: "track_capture", k: made.id, i: deviceId, ...wantedProcessing(constraints.audio) });
        track = made;
      } catch (error) {
        this.#host.listenToTrack(made.id, null);
        throw error;
      }
    });
    if (!track) throw new OverconstrainedError("deviceId", "no device is named");
    return new MediaStream([track]);
  }

  /** Not of the W3C: the host answers without being attached to first. */
  get attached(): boolean {
    return this.#host.state === "attached";
  }
  /**
   * Not of the W3C: a sound that the host makes, in place of the one that plays. It ends with its time or with this client.
   * @param deviceId  empty: the default output. @param seconds  1 to 120. @param volume  0 to 1. @param pitch  0.5 to 2
   * @throws (rejects) NotFoundError: no such loudspeaker.
   */
  async playSound(sound: Sound, deviceId: string, seconds: number, { volume = 1, pitch = 1 } = {}): Promise<void> {
    await this.#host.request({ t: "sound_play", y: sound, i: deviceId, e: seconds, l: Math.round(volume * 100), h: Math.round(pitch * 100) });
  }
  async stopSound(): Promise<void> {
    await this.#host.request({ t: "sound_stop" });
  }
  /**
   * Not of the W3C: opens a microphone for a meter.
   * @param deviceId  empty: the default input. @param heard  RMS, 0 to 1, ten times a second.
   * @returns what closes it. @throws (rejects) NotFoundError: no such microphone.
   */
  async watchMicrophone(deviceId: string, heard: (level: number) => void): Promise<() => void> {
    const ask = (seconds: number) => this.#host.request({ t: "microphone_watch", i: deviceId, e: seconds, w: 100 });
    const listen = (event: Event) => heard((event as CustomEvent<number>).detail);
    await ask((2 * watchAgainMs) / 1000);
    this.#host.addEventListener("microphone_level", listen);
    const again = setInterval(() => void ask((2 * watchAgainMs) / 1000).catch(() => undefined), watchAgainMs);
    return () => {
      clearInterval(again);
      this.#host.removeEventListener("microphone_level", listen);
      ask(0).catch(() => undefined);
    };
  }

  getDisplayMedia(): Promise<MediaStream> {
    return Promise.reject(notSupported("a native host shares no screen"));
  }
  getSupportedConstraints(): MediaTrackSupportedConstraints {
    return { deviceId: true, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  }
}
defineHandlers(MediaDevices.prototype, ["devicechange"]);

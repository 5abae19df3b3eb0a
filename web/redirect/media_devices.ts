import type { MediaDevice } from "#protocol";
import { notSupported, OverconstrainedError } from "./errors.ts";
import { defineHandlers, eventTargetOf } from "./handlers.ts";
import type { HostConnection } from "./host_connection.ts";
import { MediaStream } from "./media_stream.ts";
import { firstDevice, MediaStreamTrack, wantedDevices } from "./media_track.ts";

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
      const made = new MediaStreamTrack(this.#host, { kind: "capture", deviceId, label });
      try {
        await this.#host.request({ t: "track_capture", k: made.id, i: deviceId });
        track = made;
      } catch (error) {
        this.#host.listenToTrack(made.id, null);
        throw error;
      }
    });
    if (!track) throw new OverconstrainedError("deviceId", "no device is named");
    return new MediaStream([track]);
  }

  getDisplayMedia(): Promise<MediaStream> {
    return Promise.reject(notSupported("a native host shares no screen"));
  }
  getSupportedConstraints(): MediaTrackSupportedConstraints {
    return { deviceId: true };
  }
}
defineHandlers(MediaDevices.prototype, ["devicechange"]);

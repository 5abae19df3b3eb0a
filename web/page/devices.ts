import type { SidetoneClient } from "../client/client.ts";
import { browserVoice } from "../client/page.ts";
import type { BrowserVoice } from "../client/platform.ts";
import type { MediaDevices } from "../redirect/media_devices.ts";
import { RtpReceiver } from "../redirect/transceiver.ts";
import type { Settings } from "./settings.ts";

export interface AudioDevice {
  id: string;
  label: string;
  input: boolean;
}

/** Microphones and loudspeakers of wherever the voice would be, the native host or this browser, and which of them are used. */
export class Devices extends EventTarget {
  list: AudioDevice[] = [];
  #settings: Settings;
  #client: SidetoneClient | undefined;
  #playing = new Set<HTMLAudioElement>();
  #host: string | undefined;
  #watched: EventTarget | undefined;
  #routed = new WeakSet<RTCPeerConnection>();
  readonly #refresh = (): void => void this.#read();

  /** Fires `change` when the list is another. */
  constructor(settings: Settings) {
    super();
    this.#settings = settings;
    settings.addEventListener("change", (event) => {
      const { detail } = event as CustomEvent<string>;
      if (detail === "microphone") void this.#client?.setSource(settings.get("microphone")).catch((error: unknown) => console.warn(error));
      if (detail === "speaker" || detail === "speakerVolume") this.#reroute();
    });
  }

  /** This browser's own WebRTC, heard on the chosen loudspeaker. */
  voice(): BrowserVoice {
    return {
      ...browserVoice({ echoCancellation: true, noiseSuppression: true, autoGainControl: true }),
      play: (stream) => {
        const audio = new Audio();
        audio.srcObject = stream;
        this.#playing.add(audio);
        this.#sink(audio);
        void audio.play().catch((error: unknown) => console.warn("the voice is not played:", error));
        return () => {
          this.#playing.delete(audio);
          audio.pause();
          audio.srcObject = null;
        };
      },
    };
  }

  /** The devices of the native host that the voice takes; undefined: this browser's. */
  get host(): MediaDevices | undefined {
    return this.#host === undefined ? undefined : this.#client?.devicesOf(this.#host);
  }

  attach(client: SidetoneClient): void {
    this.#client = client;
    this.#watch(undefined, true);
  }

  /** After every change of the view. */
  update(): void {
    const { voice, calls, connection } = this.#client?.view ?? {};
    if (connection === "online" && voice) this.#watch(voice.way === "host" ? voice.host : undefined);
    for (const { call, phase } of calls ?? []) {
      const peer = phase === "in_call" ? this.#client?.connectionOf(call) : undefined;
      if (!peer || this.#routed.has(peer)) continue;
      this.#routed.add(peer);
      if (this.#settings.get("speaker") !== "" || this.#settings.get("speakerVolume") !== 1) this.#route(peer);
    }
  }

  #watch(host: string | undefined, first = false): void {
    if (host === this.#host && !first) return;
    this.#host = host;
    this.#watched?.removeEventListener("devicechange", this.#refresh);
    this.#watched = host === undefined ? navigator.mediaDevices : this.#client?.devicesOf(host);
    this.#watched?.addEventListener("devicechange", this.#refresh);
    void this.#read();
  }

  async #read(): Promise<void> {
    const host = this.#host;
    try {
      const devices = await (host === undefined ? navigator.mediaDevices?.enumerateDevices() : this.#client?.devicesOf(host).enumerateDevices());
      if (host !== this.#host) return;
      // Without permission a browser gives devices without names: nothing to choose from.
      this.list = (devices ?? [])
        .filter((one) => one.label !== "" && (one.kind === "audioinput" || one.kind === "audiooutput"))
        .map((one) => ({ id: one.deviceId, label: one.label, input: one.kind === "audioinput" }));
      this.dispatchEvent(new Event("change"));
    } catch (error) {
      console.warn("the audio devices are not known:", error);
    }
  }

  #reroute(): void {
    for (const audio of this.#playing) this.#sink(audio);
    for (const { call } of this.#client?.view.calls ?? []) {
      const peer = this.#client?.connectionOf(call);
      if (peer) this.#route(peer);
    }
  }
  #route(peer: RTCPeerConnection): void {
    const playout = { deviceId: this.#settings.get("speaker"), volume: this.#settings.get("speakerVolume") };
    for (const receiver of peer.getReceivers())
      if (receiver instanceof RtpReceiver) void receiver.setPlayout(playout).catch((error: unknown) => console.warn("the loudspeaker cannot be had:", error));
  }
  #sink(audio: HTMLAudioElement): void {
    audio.volume = this.#settings.get("speakerVolume");
    const device = this.#settings.get("speaker");
    if ("setSinkId" in audio && audio.sinkId !== device) void audio.setSinkId(device).catch(() => audio.setSinkId("").catch(() => undefined));
  }
}

/** Level of a microphone of the native host or of this browser, while somebody tries it out and sees it. */
export class MicrophoneTest {
  level = 0;
  #stop: (() => void) | undefined;
  /** Of the newest start or stop: what ended while it began is closed at once. */
  #turn = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => document.hidden && this.stop());
  }
  get running(): boolean {
    return this.#stop !== undefined;
  }

  /** @param host  whose microphone; undefined: this browser's. @param changed  called for every new level. @throws (rejects) where there is no microphone. */
  async start(device: string, host: MediaDevices | undefined, changed: () => void): Promise<void> {
    this.stop();
    const turn = this.#turn;
    const heard = (level: number): void => {
      this.level = Math.min(1, level);
      changed();
    };
    const stop = await (host ? host.watchMicrophone(device, heard) : this.#watchOwn(device, heard));
    if (turn === this.#turn) this.#stop = stop;
    else stop();
  }

  async #watchOwn(device: string, heard: (level: number) => void): Promise<() => void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: device === "" ? true : { deviceId: device } });
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      heard(Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length));
    }, 66);
    return () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      void context.close();
    };
  }
  stop(): void {
    ++this.#turn;
    this.#stop?.();
    this.#stop = undefined;
    this.level = 0;
  }
}

import type { Ring, StopRing, Tone } from "#client";
import type { MediaDevices } from "../redirect/media_devices.ts";

/** A pattern of tones: both frequencies together, on and off in seconds, over and over. */
const patterns: Record<Tone, { hertz: readonly [number, number]; on: number; off: number; volume: number }> = {
  ring: { hertz: [880, 1108.7], on: 1, off: 2, volume: 0.2 },
  ring_back: { hertz: [425, 425], on: 1, off: 4, volume: 0.06 },
};

/** How loud it rings, 0 to 1, and by which factor its tones are higher. */
export interface Loudness {
  volume: number;
  pitch: number;
}

type SinkContext = AudioContext & { setSinkId?(device: string): Promise<void> };

/** The default one sounds where the chosen one has gone. */
async function routeTo(context: SinkContext, device: string): Promise<void> {
  await context.setSinkId?.(device).catch(() => context.setSinkId?.("").catch(() => undefined));
}

/** No call rings for longer; a host's sound ends by itself then. */
const longestRingSeconds = 120;

/** Rings by the native host that has the voice, else by tones that are made here: no file, no codec, no network. */
export class Ringer {
  #host: () => MediaDevices | undefined;
  #context: AudioContext | undefined;
  #ringing = new Map<string, Tone>();
  #stop: (() => void) | undefined;
  #sounding: Tone | undefined;
  #device = "";
  #loudness: Loudness = { volume: 1, pitch: 1 };

  /** @param host  the devices of the native host that the voice would take now. */
  constructor(host: () => MediaDevices | undefined) {
    this.#host = host;
    // A browser lets a page sound only after somebody has touched it: the first touch will do, long before the first call.
    const unlock = async (): Promise<void> => {
      await this.#ready().resume();
      this.#rest();
    };
    for (const touch of ["pointerdown", "keydown"] as const) addEventListener(touch, () => void unlock(), { once: true, passive: true });
  }

  /** Device that rings; empty: the default. */
  set device(device: string) {
    this.#device = device;
    if (this.#context) void routeTo(this.#context, device);
  }
  /** Of ringing; what one hears while a call is placed is a voice's business. */
  set loudness(loudness: Loudness) {
    this.#loudness = loudness;
  }

  start({ call, tone }: Ring): void {
    this.#ringing.set(call, tone);
    this.#update();
  }
  end({ call }: StopRing): void {
    this.#ringing.delete(call);
    this.#update();
  }
  endAll(): void {
    this.#ringing.clear();
    this.#update();
  }

  /** A second of sound, to hear where it comes out. @param device  empty: the default. @param volume  of a voice. @throws (rejects) where there is no such device. */
  async test(sound: "test" | "ring", device: string, volume = 1): Promise<void> {
    const loudness = this.#loudnessOf(sound, volume);
    const host = this.#host();
    if (host) return host.playSound(sound, device, 1, loudness);
    const context = new AudioContext();
    await routeTo(context, device);
    await context.resume();
    const gain = new GainNode(context, { gain: 0.12 * loudness.volume });
    gain.connect(context.destination);
    for (const hertz of sound === "ring" ? patterns.ring.hertz : [660]) {
      const oscillator = new OscillatorNode(context, { frequency: hertz * loudness.pitch });
      oscillator.connect(gain);
      oscillator.start();
      oscillator.stop(context.currentTime + 1);
      oscillator.onended = () => void context.close().catch(() => undefined);
    }
  }

  #loudnessOf(sound: Tone | "test", volume = 1): Loudness {
    return sound === "ring" ? this.#loudness : { volume, pitch: 1 };
  }

  #ready(): AudioContext {
    if (!this.#context) {
      this.#context = new AudioContext({ latencyHint: "balanced" });
      void routeTo(this.#context, this.#device);
    }
    return this.#context;
  }

  #update(): void {
    const tones = [...this.#ringing.values()];
    const wanted = tones.includes("ring") ? "ring" : tones[0];
    if (wanted === this.#sounding) return;
    this.#stop?.();
    this.#sounding = wanted;
    // A host that this client is not attached to belongs to another window or device of this person: that one rings there.
    const host = this.#host();
    this.#stop = wanted && (host?.attached ? this.#soundAt(host, wanted) : this.#sound(wanted));
  }

  #soundAt(host: MediaDevices, tone: Tone): () => void {
    let over = false;
    let stop = (): void => void host.stopSound().catch(() => undefined);
    const play = (device: string): Promise<void> => host.playSound(tone, device, longestRingSeconds, this.#loudnessOf(tone));
    play(this.#device)
      .catch((error: unknown) => (this.#device === "" ? Promise.reject(error) : play("")))
      .catch(() => {
        if (!over) stop = this.#sound(tone);
      });
    return () => {
      over = true;
      stop();
    };
  }

  /** The pattern is laid out ahead for ten minutes, on the audio clock: a busy or hidden page rings as well. */
  #sound(tone: Tone): () => void {
    const context = this.#ready();
    void context.resume();
    const { hertz, on, off, volume: full } = patterns[tone];
    const loudness = this.#loudnessOf(tone);
    const volume = full * loudness.volume;
    const gain = new GainNode(context, { gain: 0 });
    gain.connect(context.destination);
    const start = context.currentTime + 0.02;
    for (let at = start; at < start + 600; at += on + off) {
      gain.gain.setTargetAtTime(volume, at, 0.01);
      gain.gain.setTargetAtTime(0, at + on, 0.02);
    }
    const oscillators = hertz.map((frequency) => new OscillatorNode(context, { frequency: frequency * loudness.pitch }));
    for (const one of oscillators) {
      one.connect(gain);
      one.start();
    }
    return () => {
      for (const one of oscillators) one.stop();
      gain.disconnect();
      this.#rest();
    };
  }

  /** An idle context keeps the sound hardware awake, and a thread of the browser. */
  #rest(): void {
    if (this.#ringing.size === 0) void this.#context?.suspend();
  }
}

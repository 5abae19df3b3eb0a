import type { Ring, StopRing, Tone } from "#client";

/** A pattern of tones: both frequencies together, on and off in seconds, over and over. */
const patterns: Record<Tone, { hertz: readonly [number, number]; on: number; off: number; volume: number }> = {
  ring: { hertz: [880, 1108.7], on: 1, off: 2, volume: 0.2 },
  ring_back: { hertz: [425, 425], on: 1, off: 4, volume: 0.06 },
};

/** Rings, by tones that are made here: no file, no codec, no network. */
export class Ringer {
  #context: AudioContext | undefined;
  #ringing = new Map<string, Tone>();
  #stop: (() => void) | undefined;
  #sounding: Tone | undefined;
  #tests = 0;
  #device = "";

  constructor() {
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
    if (this.#context) this.#route(this.#context);
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

  /** A short sound to hear where it comes out. */
  async test(): Promise<void> {
    const context = this.#ready();
    ++this.#tests;
    await context.resume();
    const gain = new GainNode(context, { gain: 0.15 });
    gain.connect(context.destination);
    const oscillator = new OscillatorNode(context, { frequency: 660 });
    oscillator.connect(gain);
    oscillator.start();
    oscillator.stop(context.currentTime + 0.7);
    oscillator.onended = () => {
      gain.disconnect();
      --this.#tests;
      this.#rest();
    };
  }

  #ready(): AudioContext {
    if (!this.#context) {
      this.#context = new AudioContext({ latencyHint: "balanced" });
      this.#route(this.#context);
    }
    return this.#context;
  }

  #route(context: AudioContext & { setSinkId?(device: string): Promise<void> }): void {
    // The default one rings where the chosen one has gone.
    if (context.setSinkId) void context.setSinkId(this.#device).catch(() => context.setSinkId?.("").catch(() => undefined));
  }

  #update(): void {
    const tones = [...this.#ringing.values()];
    const wanted = tones.includes("ring") ? "ring" : tones[0];
    if (wanted === this.#sounding) return;
    this.#stop?.();
    this.#stop = wanted && this.#sound(wanted);
    this.#sounding = wanted;
  }

  /** The pattern is laid out ahead for ten minutes, on the audio clock: a busy or hidden page rings as well. */
  #sound(tone: Tone): () => void {
    const context = this.#ready();
    void context.resume();
    const { hertz, on, off, volume } = patterns[tone];
    const gain = new GainNode(context, { gain: 0 });
    gain.connect(context.destination);
    const start = context.currentTime + 0.02;
    for (let at = start; at < start + 600; at += on + off) {
      gain.gain.setTargetAtTime(volume, at, 0.01);
      gain.gain.setTargetAtTime(0, at + on, 0.02);
    }
    const oscillators = hertz.map((frequency) => new OscillatorNode(context, { frequency }));
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
    if (this.#ringing.size === 0 && this.#tests === 0) void this.#context?.suspend();
  }
}

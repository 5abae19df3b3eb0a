import type { SidetoneClient } from "../client/client.ts";
import { type Counts, type Path, type Quality, readPath, readQuality, type Stat } from "./call_quality.ts";
import type { AudioDevice } from "./devices.ts";

interface CallFacts {
  call: string;
  path: Path;
  seconds: Quality[];
  /** Levels, 0 to 1. */
  sent: number;
  received: number;
}

/** What the page knows and the core does not: shell/facts.hpp. */
export interface Facts {
  calls: CallFacts[];
  devices: AudioDevice[];
  microphone: string;
  speaker: string;
  /** Percent. */
  speaker_volume: number;
  ring_device: string;
  /** Percent. */
  ring_volume: number;
  /** Percent of the usual one. */
  ring_pitch: number;
  ring_flash: boolean;
  auto_answer: boolean;
  microphone_level: number;
  testing_microphone: boolean;
  /** Why a device could not be tried out. */
  sound_fault?: string | undefined;
  notifications: "default" | "granted" | "denied" | "unsupported";
  owns_telephone: boolean;
  network: boolean;
  storage_lost: boolean;
  theme: string;
  language: string;
  service: string;
  version: string;
}

const keptSeconds = 120;

/** A level in steps of 1 dB, from -60 dB on: what nobody can see is not drawn. */
function stepOf(level: number): number {
  const decibels = Math.round(20 * Math.log10(Math.min(1, Math.max(0, level))));
  return decibels < -60 ? 0 : 10 ** (decibels / 20);
}

/** The running calls as statistics and levels have them, a second at a time. */
export class CallWatch {
  #client: SidetoneClient;
  #changed: (what: "levels" | "seconds") => void;
  #calls = new Map<string, CallFacts & { counts?: Counts }>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(client: SidetoneClient, changed: (what: "levels" | "seconds") => void) {
    this.#client = client;
    this.#changed = changed;
  }

  get facts(): CallFacts[] {
    return [...this.#calls.values()].map(({ call, path, seconds, sent, received }) => ({ call, path, seconds, sent, received }));
  }

  levels(call: string, sent: number, received: number): void {
    const known = this.#calls.get(call);
    if (!known) return;
    const [sentStep, receivedStep] = [stepOf(sent), stepOf(received)];
    if (known.sent === sentStep && known.received === receivedStep) return;
    known.sent = sentStep;
    known.received = receivedStep;
    this.#changed("levels");
  }

  /** After every change of the view. */
  update(): void {
    const live = this.#client.view.calls.filter(({ phase }) => phase === "in_call").map(({ call }) => call);
    for (const call of this.#calls.keys()) if (!live.includes(call)) this.#calls.delete(call);
    for (const call of live) if (!this.#calls.has(call)) this.#calls.set(call, { call, path: "unknown", seconds: [], sent: 0, received: 0 });
    if (live.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (!this.#timer) {
      // First the timer: asking a host changes the view, too.
      this.#timer = setInterval(() => void this.#look(), 1000);
      void this.#look();
    }
  }

  async #look(): Promise<void> {
    await Promise.all([...this.#calls.values()].map((one) => this.#lookAt(one)));
    this.#changed("seconds");
  }
  async #lookAt(one: CallFacts & { counts?: Counts }): Promise<void> {
    try {
      const report = await this.#client.connectionOf(one.call)?.getStats();
      if (!report) return;
      const stats: Stat[] = [];
      report.forEach((stat: Stat) => stats.push(stat));
      const { quality, counts } = readQuality(stats, one.counts);
      one.seconds = [...one.seconds, quality].slice(-keptSeconds);
      one.counts = counts;
      one.path = readPath(stats, this.#client.call(one.call)?.host !== undefined);
    } catch {
      // The way to the host is lost while the voice goes on: nothing is known of this second.
    }
  }
}

import { type Recording } from "./recording.ts";

/** A library's peer connection, whose candidates are all in its descriptions: it sends a tone and records what comes. */
export interface FarPeer {
  recording: Recording;
  offer: () => Promise<string>;
  answer: (offer: string) => Promise<string>;
  accept: (answer: string) => Promise<void>;
  close: () => Promise<void>;
}

/** Blocks of a steady sine at the pace of the clock; what was late is made up for. */
export class ToneClock {
  private readonly timer: NodeJS.Timeout;
  private made = 0;
  private readonly began = performance.now();

  /** @param amplitude  peak, 0 … 1. @param take  gets the next block, 16-bit samples. */
  constructor(rate: number, blockMs: number, frequencyHz: number, amplitude: number, take: (block: Int16Array<ArrayBuffer>) => void) {
    const [samples, step] = [(rate * blockMs) / 1000, (2 * Math.PI * frequencyHz) / rate];
    this.timer = setInterval(() => {
      for (; this.made * blockMs <= performance.now() - this.began; this.made++) {
        const first = this.made * samples;
        take(Int16Array.from({ length: samples }, (_, i) => Math.round(32767 * amplitude * Math.sin(step * (first + i)))));
      }
    }, blockMs / 2);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

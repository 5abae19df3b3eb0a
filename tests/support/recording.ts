import { until } from "./processes.ts";
import { followTone, fromPcm16, type Presence, rms, sampleRate } from "./signal.ts";

/** Sound that keeps coming: mono, in pieces of 16-bit samples. */
export class Recording {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private started: () => void = () => undefined;
  private readonly first = new Promise<void>((resolve) => (this.started = resolve));
  /** Least (arrival − position) seen: chunks come late at times but never early, so this is the clock of sample 0. */
  private originMs = Infinity;

  /** @param rate  Hz */
  constructor(readonly rate = sampleRate) {}

  /** What comes next: little-endian; a piece may end within a sample. */
  append(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.originMs = Math.min(this.originMs, performance.now() - this.bytes / 2 / (this.rate / 1000));
    this.started();
  }

  /** Resolves when sound arrives; silence does too. */
  async running(): Promise<void> {
    await this.first;
  }

  /** Seconds recorded so far. */
  get seconds(): number {
    return this.bytes / 2 / this.rate;
  }

  /** performance.now() at a sample, good to about a millisecond after a second or two of recording; both ends of a call are measured alike. */
  timeOf(sample: number): number {
    return this.originMs + sample / (this.rate / 1000);
  }
  /** The sample that was recorded at a performance.now(). */
  sampleAt(timeMs: number): number {
    return Math.round((timeMs - this.originMs) * (this.rate / 1000));
  }

  /** Everything so far; the recording goes on. */
  samples(): Float32Array {
    const all = Buffer.concat(this.chunks);
    return fromPcm16(all.subarray(0, all.length & ~1));
  }

  /** The last so many seconds so far. */
  latest(seconds: number): Float32Array {
    const wanted = Math.round(seconds * this.rate) * 2;
    const parts: Buffer[] = [];
    let have = this.bytes & 1; // half a sample at the end
    for (let i = this.chunks.length - 1; i >= 0 && have < wanted + 2; i--) {
      const chunk = this.chunks[i];
      if (chunk === undefined) break;
      parts.unshift(chunk);
      have += chunk.length;
    }
    const all = Buffer.concat(parts);
    const end = all.length - (this.bytes & 1);
    return fromPcm16(all.subarray(Math.max(end & 1, end - wanted), end));
  }

  /** Resolves when so many more seconds have been recorded: the recording's own clock, not the processor's. */
  async listen(seconds: number): Promise<void> {
    const wanted = this.seconds + seconds;
    await until(`${seconds} s of recording`, () => (this.seconds >= wanted ? true : undefined), seconds * 1000 + 15_000);
  }

  /** The tone in the last `seconds`. @param among  see followTone. */
  follow(frequencyHz: number, seconds: number, among = false): Presence | undefined {
    return followTone(this.latest(seconds), frequencyHz, this.rate, among);
  }

  /** Resolves when the last `seconds` hold nothing but this tone, or it among others. @returns its amplitude. */
  async hears(frequencyHz: number, seconds = 0.3, among = false): Promise<number> {
    return until(`${frequencyHz} Hz`, () => {
      const found = this.follow(frequencyHz, seconds, among);
      return found !== undefined && found.longestGapMs === 0 && found.end - found.start >= (seconds - 0.03) * this.rate
        ? found.amplitude
        : undefined;
    });
  }

  /** Resolves when the last `seconds` are silent. */
  async hearsNothing(seconds = 0.3): Promise<void> {
    await until("silence", () => (this.seconds >= seconds && rms(this.latest(seconds)) < 1e-3 ? true : undefined));
  }
}

/** Measuring sound: mono PCM as Float32Array, full scale ±1. */

export const sampleRate = 48_000;

/** A sine. @param amplitude  peak, 0 … 1. */
export function tone(frequencyHz: number, seconds: number, amplitude: number, rate = sampleRate): Float32Array {
  const samples = new Float32Array(Math.round(seconds * rate));
  const step = (2 * Math.PI * frequencyHz) / rate;
  for (let i = 0; i < samples.length; i++) samples[i] = amplitude * Math.sin(step * i);
  return samples;
}

/** A sine that rises from one frequency to another, with soft ends: what a matched filter finds to the sample. */
export function chirp(fromHz: number, toHz: number, seconds: number, amplitude: number, rate = sampleRate): Float32Array {
  const samples = new Float32Array(Math.round(seconds * rate));
  const slope = (toHz - fromHz) / seconds;
  for (let i = 0; i < samples.length; i++) {
    const t = i / rate;
    const edge = Math.min(1, i / 240, (samples.length - 1 - i) / 240);
    samples[i] = amplitude * edge * Math.sin(2 * Math.PI * (fromHz * t + (slope * t * t) / 2));
  }
  return samples;
}

export function fromPcm16(bytes: Buffer): Float32Array {
  const samples = new Float32Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * i) / 32768;
  return samples;
}

export function toPcm16(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((value, i) => bytes.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(value * 32768))), 2 * i));
  return bytes;
}

/** Root of the mean square. */
export function rms(samples: Float32Array): number {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(Math.max(ratio, 1e-9));
}

/** Amplitude of one frequency by Goertzel's algorithm, 0 … 1; exact for whole periods, and good to 1 % for 10 periods or more. */
export function amplitudeAt(samples: Float32Array, frequencyHz: number, rate = sampleRate): number {
  const omega = (2 * Math.PI * frequencyHz) / rate;
  const coefficient = 2 * Math.cos(omega);
  let previous = 0;
  let beforePrevious = 0;
  for (const value of samples) {
    const now = value + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = now;
  }
  const power = previous * previous + beforePrevious * beforePrevious - coefficient * previous * beforePrevious;
  return samples.length === 0 ? 0 : (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}

/** The loudest frequency between two, to `stepHz`. */
export function peakFrequency(samples: Float32Array, fromHz: number, toHz: number, stepHz = 5, rate = sampleRate): number {
  let best = fromHz;
  let most = -1;
  for (let frequency = fromHz; frequency <= toHz; frequency += stepHz) {
    const amplitude = amplitudeAt(samples, frequency, rate);
    if (amplitude > most) [best, most] = [frequency, amplitude];
  }
  return best;
}

export interface Presence {
  /** Where the tone is first and last heard, in samples. */
  start: number;
  end: number;
  /** Median amplitude of the tone in between. */
  amplitude: number;
  /** Longest time in between without it, ms. */
  longestGapMs: number;
  /** All gaps over 10 ms, ms, in order. */
  gapsMs: number[];
}

/**
 * Follow a tone through a recording in steps of 5 ms. Silence, noise and other tones are gaps alike: a window counts when the tone has at least half of the
 * amplitude that it has in the median, and at least half of the window's power.
 * @param among  other tones sound with it, all of multiples of 50 Hz: the window's power means nothing then.
 * @returns undefined when the tone is nowhere.
 */
export function followTone(samples: Float32Array, frequencyHz: number, rate = sampleRate, among = false): Presence | undefined {
  const step = Math.round(rate / 200);
  const window = Math.round(rate / (among ? 50 : 100));
  const amplitudes: number[] = [];
  const pure: boolean[] = [];
  for (let at = 0; at + window <= samples.length; at += step) {
    const part = samples.subarray(at, at + window);
    const amplitude = amplitudeAt(part, frequencyHz, rate);
    const power = rms(part);
    amplitudes.push(amplitude);
    pure.push(among || (power > 0 && (amplitude * amplitude) / 2 >= 0.5 * power * power));
  }
  const loudest = amplitudes.reduce((most, value, i) => (pure[i] === true ? Math.max(most, value) : most), 0);
  if (loudest < 1e-3) return undefined;
  const heardLoud = amplitudes.filter((value, i) => pure[i] === true && value > loudest / 4).sort((a, b) => a - b);
  const typical = heardLoud[heardLoud.length >> 1] ?? 0;
  const heard = amplitudes.map((value, i) => pure[i] === true && value >= typical / 2);
  const first = heard.indexOf(true);
  const last = heard.lastIndexOf(true);
  const gapsMs: number[] = [];
  let longest = 0;
  let quiet = 0;
  for (let i = first; i <= last; i++) {
    if (heard[i] === true) {
      if (quiet > 0) {
        const gap = quiet * 5;
        longest = Math.max(longest, gap);
        if (gap > 10) gapsMs.push(gap);
      }
      quiet = 0;
    } else {
      quiet++;
    }
  }
  return { start: first * step, end: last * step + window, amplitude: typical, longestGapMs: longest, gapsMs };
}

/** Where `pattern` lies in `samples`: the offset of the greatest normalised correlation between two offsets. @returns correlation −1 … 1 as well. */
export function findPattern(
  samples: Float32Array,
  pattern: Float32Array,
  from = 0,
  to = samples.length - pattern.length,
): { offset: number; correlation: number } {
  let patternEnergy = 0;
  for (const value of pattern) patternEnergy += value * value;
  const first = Math.max(0, from);
  const last = Math.min(to, samples.length - pattern.length);
  let energy = 0;
  for (let i = 0; i < pattern.length && first + i < samples.length; i++) energy += (samples[first + i] ?? 0) ** 2;
  let best = { offset: first, correlation: -1 };
  for (let offset = first; offset <= last; offset++) {
    if (energy > 1e-6) {
      let sum = 0;
      for (let i = 0; i < pattern.length; i++) sum += (samples[offset + i] ?? 0) * (pattern[i] ?? 0);
      const correlation = sum / Math.sqrt(energy * patternEnergy);
      if (correlation > best.correlation) best = { offset, correlation };
    }
    energy += (samples[offset + pattern.length] ?? 0) ** 2 - (samples[offset] ?? 0) ** 2;
  }
  return best;
}

/**
 * The same for a sound in which a jitter buffer may have left out or repeated a little, once: its halves are looked for apart.
 * @param slack  samples by which the second half may be off its place
 * @returns offset of the first half, and the correlation of both together
 */
export function findSpliced(samples: Float32Array, pattern: Float32Array, from: number, to: number, slack: number): { offset: number; correlation: number } {
  const half = pattern.length >> 1;
  const window = samples.subarray(from, to + pattern.length + slack);
  const [first, second] = [slide(window, pattern.subarray(0, half)), slide(window, pattern.subarray(half))];
  const patternEnergy = pattern.reduce((sum, value) => sum + value * value, 0);
  let best = { offset: from, correlation: -1 };
  for (let at = 0; at <= to - from; at++) {
    for (let place = Math.max(0, at + half - slack); place <= Math.min(at + half + slack, second.sums.length - 1); place++) {
      const sum = (first.sums[at] ?? 0) + (second.sums[place] ?? 0);
      const energy = (first.energies[at] ?? 0) + (second.energies[place] ?? 0);
      if (energy <= 1e-6 || sum <= 0) continue;
      const correlation = sum / Math.sqrt(energy * patternEnergy);
      if (correlation > best.correlation) best = { offset: from + at, correlation };
    }
  }
  return best;
}

/** Products with a pattern, and energies, of the samples from each place on. */
function slide(samples: Float32Array, pattern: Float32Array): { sums: Float64Array; energies: Float64Array } {
  const count = Math.max(0, samples.length - pattern.length + 1);
  const [sums, energies] = [new Float64Array(count), new Float64Array(count)];
  for (let at = 0; at < count; at++) {
    let [sum, energy] = [0, 0];
    for (let i = 0; i < pattern.length; i++) {
      const sample = samples[at + i] ?? 0;
      sum += sample * (pattern[i] ?? 0);
      energy += sample * sample;
    }
    sums[at] = sum;
    energies[at] = energy;
  }
  return { sums, energies };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error("the median of nothing");
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

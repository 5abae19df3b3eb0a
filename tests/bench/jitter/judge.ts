/** What was spoken against what was heard: one measure for every receiver. */

const samplesPerMs = 48;
const segmentMs = 20;
const windowMs = 3000;
const mostDelayMs = 600;
/** A segment's own delay may differ from its window's by so much: a jitter buffer stretches and cuts. */
const stretchMs = 30;
/** Where the envelopes of a window are less alike, its delay is not known: its segments are looked for everywhere. */
const alikeEnough = 0.5;
const silence = 0.01;

export interface Judgement {
  /** Mean over windows of three seconds that are alike: where the envelope of what is heard fits the one of what was spoken. */
  delay_ms: number;
  /** Mean over segments of 20 ms in which somebody speaks, each at its own best delay and held to −10 … 35 dB. */
  seg_snr_db: number;
}

/** Mean absolute value for each millisecond. */
function envelope(samples: Float32Array): Float32Array {
  const out = new Float32Array(Math.floor(samples.length / samplesPerMs));
  for (let ms = 0; ms < out.length; ms++) {
    let sum = 0;
    for (let i = ms * samplesPerMs; i < (ms + 1) * samplesPerMs; i++) sum += Math.abs(samples[i]!);
    out[ms] = sum / samplesPerMs;
  }
  return out;
}

function similarity(a: Float32Array, from: number, b: Float32Array, at: number, count: number, step: number, centred: boolean): number {
  let [ab, aa, bb, sumA, sumB, n] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count; i += step) {
    const x = a[from + i] ?? 0;
    const y = b[at + i] ?? 0;
    ab += x * y;
    aa += x * x;
    bb += y * y;
    sumA += x;
    sumB += y;
    n++;
  }
  if (centred) {
    ab -= (sumA * sumB) / n;
    aa -= (sumA * sumA) / n;
    bb -= (sumB * sumB) / n;
  }
  return ab / Math.sqrt(aa * bb + 1e-9);
}

/** The delay in `from` … `to` at which the two are most alike. */
function bestDelay(from: number, to: number, step: number, alike: (delay: number) => number): { delay: number; value: number } {
  let best = { delay: from, value: -2 };
  for (let delay = from; delay <= to; delay += step) {
    const value = alike(delay);
    if (value > best.value) best = { delay, value };
  }
  return best;
}

/** Low-passed by a mean of six samples, for the coarse search. */
function smoothed(samples: Float32Array): Float32Array {
  const out = new Float32Array(samples.length);
  let sum = 0;
  for (let i = 0; i < samples.length; i++) {
    sum += samples[i]! - (samples[i - 6] ?? 0);
    out[Math.max(0, i - 3)] = sum / 6;
  }
  return out;
}

function segmentSnrDb(spoken: Float32Array, from: number, heard: Float32Array, at: number, count: number): number {
  let [signal, noise] = [0, 0];
  for (let i = 0; i < count; i++) {
    const x = spoken[from + i]!;
    signal += x * x;
    noise += (x - (heard[at + i] ?? 0)) ** 2;
  }
  return Math.max(-10, Math.min(35, 10 * Math.log10(signal / (noise + 1e-12))));
}

/**
 * @param spoken  48 kHz, full scale ±1, at the moment at which each sample is given to the sender.
 * @param heard   the same clock; the receiver's.
 * @param fromMs  what is before is left out.
 */
export function judge(spoken: Float32Array, heard: Float32Array, fromMs: number): Judgement {
  const [said, got] = [envelope(spoken), envelope(heard)];
  const [softSaid, softGot] = [smoothed(spoken), smoothed(heard)];
  const lastMs = Math.min(said.length, got.length) - windowMs - mostDelayMs;
  const delays: number[] = [];
  const values: number[] = [];
  for (let startMs = fromMs; startMs <= lastMs; startMs += windowMs) {
    const window = bestDelay(0, mostDelayMs, 1, (delay) => similarity(said, startMs, got, startMs + delay, windowMs, 1, true));
    const known = window.value >= alikeEnough;
    if (known) delays.push(window.delay);
    const [leastMs, mostMs] = known ? [window.delay - stretchMs, window.delay + stretchMs] : [0, mostDelayMs];
    for (let ms = startMs; ms < startMs + windowMs; ms += segmentMs) {
      let loudness = 0;
      for (let i = 0; i < segmentMs; i++) loudness += said[ms + i]! / segmentMs;
      if (loudness < silence) continue;
      const start = ms * samplesPerMs;
      const length = segmentMs * samplesPerMs;
      // Sample by sample: in steps of six, where a delay lies between them decided over 0.14 dB.
      const coarse = bestDelay(Math.max(leastMs * samplesPerMs, -start), mostMs * samplesPerMs, 1, (delay) =>
        similarity(softSaid, start, softGot, start + delay, length, 6, false),
      );
      const fine = bestDelay(coarse.delay - 6, coarse.delay + 6, 1, (delay) => similarity(spoken, start, heard, start + delay, length, 1, false));
      values.push(segmentSnrDb(spoken, start, heard, start + fine.delay, length));
    }
  }
  const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length;
  return { delay_ms: mean(delays), seg_snr_db: mean(values) };
}

/**
 * Mean opinion score of ITU-T G.107 with the usual simplification for packet voice: R = 93.2 − 0.024 d − 0.11 (d − 177.3)⁺ − 95 p/(p + 25.1), p the
 * concealed per cent; Bpl 25.1 as in G.113 for a codec with concealment.
 */
export function mos(delayMs: number, concealPct: number): number {
  const r = 93.2 - 0.024 * delayMs - 0.11 * Math.max(0, delayMs - 177.3) - (95 * concealPct) / (concealPct + 25.1);
  if (r <= 0) return 1;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}

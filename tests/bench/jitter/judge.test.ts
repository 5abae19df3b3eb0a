import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./judge.ts";

const sampleRate = 48_000;
const seconds = 8;

/** Random numbers from −1 to 1, the same in every run (Numerical Recipes' generator). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Like a voice: periods of 5 ms that change slowly, in syllables, with most of it near 3 kHz. */
function voice(): Float32Array {
  const out = new Float32Array(seconds * sampleRate);
  const random = noise(1);
  const syllables = Array.from({ length: seconds * 5 }, () => 0.1 + Math.abs(random()));
  let phase = 0;
  for (let i = 0; i < out.length; i++) {
    const t = i / sampleRate;
    phase += (200 + 20 * Math.sin(2 * Math.PI * 0.7 * t)) / sampleRate;
    let x = 0;
    for (let harmonic = 8; harmonic <= 18; harmonic++) x += Math.sin(2 * Math.PI * harmonic * phase + harmonic * harmonic);
    out[i] = 0.05 * x * syllables[Math.floor(t * 5)]!;
  }
  return out;
}

function late(said: Float32Array, samples: number, noiseLevel: number): Float32Array {
  const random = noise(2);
  return said.map((_, i) => (said[i - samples] ?? 0) + noiseLevel * random());
}

test("where a delay lies between samples does not change the ratio", () => {
  const said = voice();
  const found = [1200, 1201, 1202, 1203, 1204, 1205].map((samples) => judge(said, late(said, samples, 0.02), 1000).seg_snr_db);
  assert.ok(Math.max(...found) - Math.min(...found) < 0.02, found.join(" "));
});

test("a window that cannot be recognised counts as well", () => {
  const said = voice();
  const heard = late(said, 1200, 0.001);
  const whole = judge(said, heard, 1000);
  const random = noise(3);
  for (let i = 4 * sampleRate; i < 7.6 * sampleRate; i++) heard[i] = 0.1 * random();
  const half = judge(said, heard, 1000);
  assert.ok(whole.seg_snr_db > 15, String(whole.seg_snr_db));
  assert.ok(half.seg_snr_db < whole.seg_snr_db - 5, `${half.seg_snr_db} of ${whole.seg_snr_db}`);
  assert.ok(Math.abs(half.delay_ms - whole.delay_ms) <= 1, "its delay is not believed");
});

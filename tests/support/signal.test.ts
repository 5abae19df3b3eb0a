// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { amplitudeAt, chirp, decibels, findPattern, findSpliced, followTone, fromPcm16, median, peakFrequency, rms, sampleRate, toPcm16, tone } from "./signal.ts";

function noise(seconds: number, amplitude: number): Float32Array {
  let state = 12345;
  return new Float32Array(seconds * sampleRate).map(() => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state / 2 ** 31 - 1) * amplitude;
  });
}

const mix = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value + (b[i] ?? 0));

test("a tone is measured in level and frequency, beside another and in noise", () => {
  const both = mix(mix(tone(440, 1, 0.25), tone(660, 1, 0.1)), noise(1, 0.02));
  assert.ok(Math.abs(amplitudeAt(both, 440) - 0.25) < 0.005);
  assert.ok(Math.abs(amplitudeAt(both, 660) - 0.1) < 0.005);
  assert.ok(amplitudeAt(both, 550) < 0.005);
  assert.equal(peakFrequency(both, 300, 1000), 440);
  assert.ok(Math.abs(decibels(rms(tone(440, 1, 0.5)) / rms(tone(440, 1, 0.25))) - 6.02) < 0.05);
});

test("a steady tone between silences has its bounds and no gap", () => {
  const samples = new Float32Array(3 * sampleRate);
  samples.set(tone(440, 2, 0.3), sampleRate / 2);
  const found = followTone(mix(samples, noise(3, 0.005)), 440);
  assert.ok(found !== undefined);
  assert.ok(Math.abs(found.start - sampleRate / 2) <= 480 && Math.abs(found.end - 2.5 * sampleRate) <= 480, JSON.stringify(found));
  assert.ok(Math.abs(found.amplitude - 0.3) < 0.01);
  assert.equal(found.longestGapMs, 0);
});

test("a gap is found with its length, whether it is silent or filled with something else", () => {
  for (const filling of ["silence", "noise", "another tone"] as const) {
    for (const gapMs of [20, 40, 100]) {
      const samples = tone(440, 2, 0.3);
      const from = sampleRate;
      const length = (gapMs * sampleRate) / 1000;
      const fill = { silence: new Float32Array(length), noise: noise(gapMs / 1000, 0.3), "another tone": tone(1230, gapMs / 1000, 0.3) }[filling];
      samples.set(fill, from);
      const found = followTone(samples, 440);
      assert.ok(found !== undefined && Math.abs(found.longestGapMs - gapMs) <= 10, `${filling} of ${gapMs} ms: ${JSON.stringify(found)}`);
    }
  }
});

test("silence, noise and another tone are not the tone", () => {
  assert.equal(followTone(new Float32Array(sampleRate), 440), undefined);
  assert.equal(followTone(noise(1, 0.3), 440)?.longestGapMs === 0, false);
  assert.equal(followTone(tone(660, 1, 0.3), 440), undefined);
});

test("a chirp is found to the sample in noise", () => {
  const pattern = chirp(600, 3000, 0.02, 0.5);
  const samples = noise(0.5, 0.05);
  pattern.forEach((value, i) => (samples[9123 + i] = (samples[9123 + i] ?? 0) + value * 0.3));
  const found = findPattern(samples, pattern);
  assert.equal(found.offset, 9123);
  assert.ok(found.correlation > 0.8);
});

test("a chirp in which something was left out or repeated is found where it begins, and noise is not taken for one", () => {
  const pattern = chirp(500, 3500, 0.03, 0.5);
  const [cut, slack] = [5 * 48, 15 * 48];
  for (const change of [-cut, cut]) {
    const samples = noise(0.3, 0.01);
    const second = pattern.subarray(700);
    pattern.subarray(0, 700).forEach((value, i) => (samples[2000 + i] = (samples[2000 + i] ?? 0) + value * 0.3));
    second.forEach((value, i) => (samples[2700 + change + i] = (samples[2700 + change + i] ?? 0) + value * 0.3));
    assert.ok(findPattern(samples, pattern).correlation < 0.6);
    const { offset, correlation } = findSpliced(samples, pattern, 100, 6000, slack);
    assert.ok(Math.abs(offset - 2000) <= 24 && correlation > 0.6, `${offset} ${correlation}`);
  }
  assert.ok(findSpliced(noise(0.3, 0.05), pattern, 0, 6000, slack).correlation < 0.5);
});

test("PCM keeps the samples, and clips what is too loud", () => {
  const back = fromPcm16(toPcm16(new Float32Array([0, 0.5, -1, 2])));
  assert.deepEqual(
    [...back].map((value) => Math.round(value * 1000)),
    [0, 500, -1000, 1000],
  );
});

test("medians", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

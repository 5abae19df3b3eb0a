import assert from "node:assert/strict";
import { type Recording } from "./recording.ts";
import { peakFrequency } from "./signal.ts";
import { type StallWatch } from "./stalls.ts";

/** A tone that is to be heard somewhere. */
export interface ExpectedTone {
  where: string;
  recording: Recording;
  frequencyHz: number;
  /** Peak, 0 … 1. */
  amplitude: number;
  /** Between bursts of it; none: it is steady. */
  pauseMs?: number;
  /** Other tones are to be heard there as well, all of multiples of 50 Hz. */
  among?: boolean;
  /** What a far end that is not ours says at the end that its own jitter buffer made up, ms, while all packets came in time. */
  madeUpMs?: () => Promise<number>;
}

const allowedGapMs = 20;

/**
 * What a call between any two ends has to carry: within 3 % of what was sent, and never gone for longer than 20 ms, what the machine stood still and what a far
 * end's buffer made up by itself.
 */
export async function assertWholeTones(tones: readonly ExpectedTone[], stalls: StallWatch, seconds: number): Promise<void> {
  await Promise.all(tones.map(({ recording, frequencyHz, among }) => recording.hears(frequencyHz, 0.2, among)));
  const { measured, stalledMs } = await stalls.undisturbed(async () => {
    await Promise.all(tones.map(({ recording }) => recording.listen(seconds)));
    return tones.map((tone) => ({ ...tone, samples: tone.recording.latest(seconds), found: tone.recording.follow(tone.frequencyHz, seconds, tone.among) }));
  });
  for (const { where, recording, frequencyHz, amplitude, pauseMs = 0, among = false, madeUpMs, samples, found } of measured) {
    const ownMs = (await madeUpMs?.()) ?? 0;
    const told = `${where}: ${JSON.stringify(found)}; the machine stood still for ${stalledMs} ms, the far end made up ${ownMs} ms`;
    assert.ok(found !== undefined, `no tone ${where}`);
    assert.ok(found.end - found.start > (seconds - 0.04 - pauseMs / 1000) * recording.rate, told);
    assert.ok(Math.abs(found.amplitude / amplitude - 1) <= 0.03, told);
    const allowed = allowedGapMs + stalledMs + ownMs;
    assert.deepEqual(
      found.gapsMs.filter((gap) => gap > allowed && Math.abs(gap - pauseMs) > allowed),
      [],
      told,
    );
    if (among) continue;
    const peak = peakFrequency(samples.subarray(0, recording.rate), 100, 2000, 10, recording.rate);
    assert.equal(peak, frequencyHz, `the loudest frequency ${where}`);
  }
}

import assert from "node:assert/strict";
import { type Recorder } from "./pulse.ts";
import { followTone } from "./signal.ts";
import { type StallWatch } from "./stalls.ts";

/** Longest drop-out that a call may have while something else of it breaks, ms. */
const allowedGapMs = 40;

/** A tone that somebody hears. */
export interface Heard {
  recorder: Recorder;
  frequencyHz: number;
}

/** Resolves when all are heard. @returns asserts that none had a drop-out since. */
export async function watchTones(tones: readonly Heard[], stalls: StallWatch): Promise<() => void> {
  await Promise.all(tones.map(({ recorder, frequencyHz }) => recorder.hears(frequencyHz)));
  const from = tones.map(({ recorder }) => recorder.seconds);
  const mark = stalls.mark();
  return () => {
    const stalledMs = stalls.stalledSince(mark);
    tones.forEach(({ recorder, frequencyHz }, i) => {
      const seconds = recorder.seconds - (from[i] ?? 0);
      const found = followTone(recorder.latest(seconds), frequencyHz);
      assert.ok(
        found !== undefined && found.end - found.start > (seconds - 0.1) * 48_000 && found.longestGapMs <= allowedGapMs + stalledMs,
        `${frequencyHz} Hz in ${seconds} s: ${JSON.stringify(found)}; the machine stood still for ${stalledMs} ms`,
      );
    });
  };
}

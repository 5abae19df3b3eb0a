import { type Recorder, type SoundServer } from "../../support/pulse.ts";
import { chirp, findPattern, sampleRate } from "../../support/signal.ts";

const pattern = chirp(500, 3500, 0.03, 0.5);
const longestMs = 600;

/**
 * The time from a sound's leaving the microphone's source to its arrival in the loudspeaker's sink, in ms, several times.
 * @param count  chirps
 */
export async function mouthToEar(mouth: SoundServer, ear: SoundServer, count: number): Promise<number[]> {
  const [spoken, heard] = [mouth.record("microphone"), ear.record()];
  await Promise.all([spoken.running(), heard.running()]);
  await spoken.listen(2); // the recorders' clocks settle, and the jitter buffers
  const delays: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = spoken.seconds;
    await mouth.speak(pattern).done;
    await heard.listen(longestMs / 1000);
    const delay = delayOf(spoken, heard, from);
    if (delay !== undefined) delays.push(delay);
  }
  await Promise.all([spoken.stop(), heard.stop()]);
  if (delays.length < count * 0.7) throw new Error(`only ${delays.length} of ${count} chirps have arrived`);
  return delays;
}

function delayOf(spoken: Recorder, heard: Recorder, fromSeconds: number): number | undefined {
  const start = Math.round(fromSeconds * sampleRate);
  const said = findPattern(spoken.samples(), pattern, start);
  if (said.correlation < 0.9) return undefined;
  const saidAt = spoken.timeOf(said.offset);
  const first = heard.sampleAt(saidAt);
  const arrived = findPattern(heard.samples(), pattern, first, first + (longestMs / 1000) * sampleRate);
  if (arrived.correlation < 0.6) return undefined;
  return heard.timeOf(arrived.offset) - saidAt;
}

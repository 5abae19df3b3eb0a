import { type Recorder, type SoundServer } from "../../support/pulse.ts";
import { chirp, findPattern, findSpliced, sampleRate } from "../../support/signal.ts";

const pattern = chirp(500, 3500, 0.06, 0.5);
const longestMs = 600;
/** A jitter buffer that shortens or lengthens speech moves what follows by a pitch period. */
const spliceMs = 15;

/**
 * The time from a sound's leaving the microphone's source to its arrival in the loudspeaker's sink, in ms, several times.
 * @param count  chirps
 * @returns the times, and of every chirp that could not be found, where it was not
 */
async function mouthToEar(mouth: SoundServer, ear: SoundServer, count: number): Promise<{ found: number[]; lost: string[] }> {
  const [spoken, heard] = [mouth.record("microphone"), ear.record()];
  await Promise.all([spoken.running(), heard.running()]);
  await spoken.listen(2); // the recorders' clocks settle, and the jitter buffers
  const marks: number[] = [];
  for (let i = 0; i < count; i++) {
    marks.push(spoken.seconds);
    await mouth.speak(pattern).done;
    await heard.listen(longestMs / 1000);
  }
  await Promise.all([spoken.stop(), heard.stop()]);
  // Only now: the search takes a while, and what the recorders send meanwhile would seem late.
  const found: number[] = [];
  const lost: string[] = [];
  for (const [i, mark] of marks.entries()) {
    const delay = delayOf(spoken, heard, mark, marks[i + 1]);
    if (typeof delay === "number") found.push(delay);
    else lost.push(`number ${i + 1} ${delay}`);
  }
  return { found, lost };
}

function delayOf(spoken: Recorder, heard: Recorder, fromSeconds: number, toSeconds = spoken.seconds): number | string {
  const start = Math.round(fromSeconds * sampleRate);
  const said = findPattern(spoken.samples(), pattern, start, Math.round(toSeconds * sampleRate));
  if (said.correlation < 0.9) return `at the microphone (${said.correlation.toFixed(2)})`;
  const saidAt = spoken.timeOf(said.offset);
  const first = heard.sampleAt(saidAt);
  const arrived = findSpliced(heard.samples(), pattern, first, first + (longestMs / 1000) * sampleRate, spliceMs * (sampleRate / 1000));
  if (arrived.correlation < 0.6) return `at the loudspeaker (${arrived.correlation.toFixed(2)})`;
  return heard.timeOf(arrived.offset) - saidAt;
}

/** A delay that is known of some chirps alone says nothing of the call: then there is no figure, and this program fails. @param what  the figure's key */
export async function delays(what: string, mouth: SoundServer, ear: SoundServer, count: number): Promise<readonly number[]> {
  const { found, lost } = await mouthToEar(mouth, ear, count);
  if (lost.length === 0) return found;
  process.stderr.write(`${what}: ${lost.length} of ${count} chirps were not found: ${lost.join(", ")}\n`);
  process.exitCode = 1;
  return [];
}

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../support/paths.ts";

const folder = join(root, "build/bench/jitter");
/** 48 kHz, mono, 16 bits. */
export const speechPath = join(folder, "speech.s16");

/** Voices of ffmpeg's Flite. */
export type Voice = "slt" | "rms";

const spoken: readonly [voice: Voice, text: string][] = [
  [
    "slt",
    "Good morning, this is the front desk. The meeting about the new building was moved to half past three. Could you bring the drawings of the " +
      "second floor, and ask Peter whether the lift has been repaired? We measured the voice on a slow network, and most of it arrived in time. " +
      "Please hold the line while I look for the number.",
  ],
  [
    "rms",
    "Thank you for waiting. It is four, eight, one, five, one, six, two, three. The children walked along the river until the rain began. She " +
      "sells fresh bread and yellow cheese at the market every Thursday. Seven of the nine packets came in order, but two were lost on the way. " +
      "If nobody answers, leave a message after the tone, and we will call you back before the evening.",
  ],
];

function synthesis([voice, text]: (typeof spoken)[number]): string[] {
  const file = join(folder, `${voice}.txt`);
  writeFileSync(file, text);
  return ["-f", "lavfi", "-i", `flite=textfile=${file}:voice=${voice}`];
}
const asPcm = ["-ar", "48000", "-ac", "1", "-f", "s16le"];

/** The file of one of them alone. */
export function voicePath(voice: Voice): string {
  const path = join(folder, `${voice}.s16`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  execFileSync("ffmpeg", ["-v", "error", "-y", ...synthesis(spoken.find(([name]) => name === voice)!), ...asPcm, path]);
  return path;
}

/** Two people who speak in turn, made by the Flite of ffmpeg. */
export function speech(): Int16Array {
  if (!existsSync(speechPath)) {
    mkdirSync(folder, { recursive: true });
    execFileSync("ffmpeg", ["-v", "error", "-y", ...spoken.flatMap(synthesis), "-filter_complex", "concat=n=2:v=0:a=1", ...asPcm, speechPath]);
  }
  const octets = readFileSync(speechPath);
  return new Int16Array(octets.buffer, octets.byteOffset, octets.length >> 1);
}

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../support/paths.ts";

const folder = join(root, "build/bench/jitter");
/** 48 kHz, mono, 16 bits. */
export const speechPath = join(folder, "speech.s16");

const spoken: readonly [voice: string, text: string][] = [
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

/** Two people who speak in turn, made by the Flite of ffmpeg. */
export function speech(): Int16Array {
  if (!existsSync(speechPath)) {
    mkdirSync(folder, { recursive: true });
    const inputs = spoken.flatMap(([voice, text]) => {
      const file = join(folder, `${voice}.txt`);
      writeFileSync(file, text);
      return ["-f", "lavfi", "-i", `flite=textfile=${file}:voice=${voice}`];
    });
    execFileSync("ffmpeg", ["-v", "error", "-y", ...inputs, "-filter_complex", "concat=n=2:v=0:a=1", "-ar", "48000", "-ac", "1", "-f", "s16le", speechPath]);
  }
  const octets = readFileSync(speechPath);
  return new Int16Array(octets.buffer, octets.byteOffset, octets.length >> 1);
}

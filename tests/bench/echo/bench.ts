import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { echoSimulatorPath } from "../../support/paths.ts";
import { voicePath } from "../jitter/speech.ts";

/** npm run bench -- echo [--json]: how much of a loudspeaker's echo is left. See README.md beside this file. */

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean" },
    rooms: { type: "string", default: "5" },
    coupling: { type: "string", default: "-12" },
  },
});

interface Figures {
  erle_db: number;
  double_talk_similarity: number;
  double_talk_gain_db: number;
  recover_ms: number | null;
}

function simulated(seed: number, ...more: string[]): Figures {
  const words = ["--far", voicePath("slt"), "--near", voicePath("rms"), "--seed", String(seed), "--coupling", options.coupling, ...more];
  const figures = JSON.parse(execFileSync(echoSimulatorPath, words, { encoding: "utf8" })) as Figures;
  process.stderr.write(`room ${seed} ${more.join(" ")}: ${JSON.stringify(figures)}\n`);
  return figures;
}

/** Of several rooms the one that is worst for each figure. */
const worst = (all: readonly (number | null)[], choose: (...values: number[]) => number): number | null => {
  const values = all.filter((one) => one !== null);
  return values.length < all.length ? null : choose(...values);
};

const rooms = Array.from({ length: Number(options.rooms) }, (_, index) => index + 1);
const told = rooms.map((seed) => simulated(seed));
const untold = rooms.map((seed) => simulated(seed, "--untold"));
const figures = {
  erle_db: worst(told.map((one) => one.erle_db), Math.min),
  double_talk_similarity: worst(told.map((one) => one.double_talk_similarity), Math.min),
  recover_ms: worst(told.map((one) => one.recover_ms), Math.max),
  recover_untold_ms: worst(untold.map((one) => one.recover_ms), Math.max),
};
console.log(JSON.stringify(figures, undefined, options.json ? undefined : 2));

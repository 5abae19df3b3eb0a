// How long all the suites have taken, for tests/bench/first-call: build/test-times.json.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * What a run has found: a checkout without a build folder, or one in which next to nothing was left to install and to build.
 * @param {{ clean: boolean, preparedMs: number }} run
 * @returns {"clean" | "built" | undefined}
 */
export function foundOf({ clean, preparedMs }) {
  return clean ? "clean" : preparedMs < 60_000 ? "built" : undefined;
}

/**
 * Keeps the minutes of a full, passing run; the other figure stays until it is measured again.
 * @param {string} file
 * @param {"clean" | "built"} found
 */
export function keepMinutes(file, found, minutes) {
  const times = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  times[`${found}_minutes`] = Math.round(minutes * 10) / 10;
  writeFileSync(file, `${JSON.stringify(times)}\n`);
}

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository, found from wherever the bundled test lies. */
export const root = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "CMakePresets.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("the test does not lie inside the repository");
    folder = parent;
  }
  return folder;
})();

/** Where what was built lies; SIDETONE_BUILD names another folder than build/native. */
const nativeBuild = process.env["SIDETONE_BUILD"] ?? join(root, "build/native");

export const servicePath = join(nativeBuild, "service/sidetone-service");
export const hostPath = join(nativeBuild, "native-host/sidetone-host");
export const simulatorPath = join(nativeBuild, "tests/bench/jitter/jitter_simulator");
export const echoSimulatorPath = join(nativeBuild, "tests/bench/echo/echo_simulator");
export const mixerServerPath = join(nativeBuild, "tests/bench/mixer/mixer_server");
export const mixerLoadPath = join(nativeBuild, "tests/bench/mixer/mixer_load");
export const stallWatchPath = join(nativeBuild, "tests/support/stall_watch/stall_watch");
export const webBuild = join(root, "build/web");
/** The page that people use: a service's web_root. */
export const pageBuild = join(webBuild, "page");

const runs = join(root, "build/test-runs");

/** A new folder of one test's logs and data, `build/test-runs/<name>-<random>`. It stays, so that a failure can be read, until two later runs have been. */
export function makeRunFolder(name: string): string {
  mkdirSync(runs, { recursive: true });
  const earlier = readdirSync(runs)
    .filter((entry) => entry.replace(/-[^-]*$/, "") === name)
    .map((entry) => join(runs, entry))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const folder of earlier.slice(1)) rmSync(folder, { recursive: true, force: true });
  return mkdtempSync(join(runs, `${name}-`));
}

/** Sockets need short paths (108 bytes); this one is removed at exit. */
export function makeSocketFolder(): string {
  const folder = mkdtempSync("/tmp/sidetone-");
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

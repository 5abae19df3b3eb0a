// The build steps that `npm start`, `npm test` and `npm run bench` share. Each does nothing, quickly, when all is up to date.
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./process.mjs";

/** A step failed; `output` is what it said. */
export class BuildError extends Error {
  constructor(step, output) {
    super(`${step} failed`);
    this.output = output;
  }
}

async function step(name, command, options) {
  const { ok, output } = await run(command, options);
  if (!ok) throw new BuildError(name, output);
  return output;
}

/** Installs what is missing; what it says is passed on to `live`, since it may take minutes. */
export async function setup(live = process.stdout) {
  await step("tools/setup", ["tools/setup"], { live });
}

/** Debian's emcc looks for the acorn module here when it links with optimisation. */
const emscriptenEnv = { NODE_PATH: "/usr/share/nodejs" };

/**
 * Builds targets of a CMake preset into build/<preset>.
 * @param {string[]} targets  none: all
 */
export async function cmake(preset, targets = []) {
  const folder = join(root, "build", preset);
  const env = preset === "wasm" ? emscriptenEnv : {};
  if (!existsSync(join(folder, "build.ninja"))) await step(`configuring ${preset}`, ["cmake", "--preset", preset], { env });
  // --quiet still shows what fails.
  await step(`building ${preset}`, ["ninja", "-C", folder, "--quiet", ...targets], { env, timeoutSeconds: 2400 });
  if (preset === "wasm") placeCore(folder);
}

/** The compiled core lies beside what loads it, whichever of them is built first. */
function placeCore(folder) {
  const web = join(root, "build/web");
  mkdirSync(web, { recursive: true });
  for (const name of ["sidetone_core.mjs", "sidetone_core.wasm", "sidetone_page.mjs", "sidetone_page.wasm"]) copyFileSync(join(folder, name), join(web, name));
}

/**
 * Needs the target protocol of the preset native.
 * @param {boolean} tests  the bundles of the tests, too
 */
export async function web(tests = false) {
  await step("bundling the programs of web/", [process.execPath, "tools/build_web.mjs", ...(tests ? ["--tests"] : [])]);
}

/** Needs the targets protocol of native and sidetone_page_module of wasm. */
export async function page() {
  await step("making the page", [process.execPath, "tools/build_page.mjs"]);
}

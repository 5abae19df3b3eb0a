// npm run shell: the interface in a native window, in a scene of tests/web/scenes, for who develops it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build as bundle } from "esbuild";
import { BuildError, cmake } from "./build.mjs";
import { root } from "./process.mjs";

const usage = `npm run shell                  the contacts of the demo company in a window; builds what has changed
npm run shell -- SCENE         another scene, by its name or the beginning of it
npm run shell -- --list        names of the scenes
  --theme light|dark|contrast  --width, --height CSS_PIXELS  --ratio 1.5  --text-scale 0.85…1.5  --language ar
  --golden                     letters of DejaVu alone, as in tests/golden
  --no-build                   as it was built last

Pointer, wheel and keys work as in the page, and the scene's company answers. F2 changes the theme, Ctrl+Q
ends it.`;

function fail(message) {
  console.error(message);
  process.exit(2);
}

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        list: { type: "boolean" },
        golden: { type: "boolean" },
        "no-build": { type: "boolean" },
        theme: { type: "string", default: "light" },
        width: { type: "string", default: "1280" },
        height: { type: "string" },
        ratio: { type: "string", default: "1" },
        "text-scale": { type: "string", default: "1" },
        language: { type: "string", default: "en" },
      },
    });
  } catch (error) {
    return fail(`${error.message}\n\n${usage}`);
  }
}

/** A number within bounds. */
function number(values, name, least, most) {
  const value = Number(values[name]);
  if (!(value >= least && value <= most)) fail(`--${name} ${values[name]}: a number from ${least} to ${most} is wanted`);
  return value;
}

const { values, positionals } = options();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
if (positionals.length > 1) fail(`one scene at a time, not ${positionals.join(", ")}`);
if (!["light", "dark", "contrast"].includes(values.theme)) fail(`--theme ${values.theme}: light, dark or contrast is wanted`);
if (!/^[a-z]{2}$/.test(values.language) || !existsSync(join(root, `web/locale/${values.language}.json`))) fail(`--language ${values.language}: web/locale has no such language`);
const width = number(values, "width", 320, 4096);
values.height ??= width < 720 ? "740" : width >= 1920 ? "1080" : "800";
const look = {
  width,
  height: number(values, "height", 320, 4096),
  ratio: number(values, "ratio", 0.5, 4),
  textScale: number(values, "text-scale", 0.85, 1.5),
  theme: values.theme,
  language: values.language,
};

const playing = join(root, "build/web-tools/live.mjs");
await bundle({
  absWorkingDir: root,
  stdin: { contents: 'export * from "./tests/web/scenes/live.ts"; export * from "./tests/web/scenes/scenes.ts"; export * from "./tests/web/scenes/fonts.ts";', resolveDir: root, loader: "ts" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  outfile: playing,
  logLevel: "warning",
});
const { dejaVu, debianFonts, playLive, scenes } = await import(pathToFileURL(playing).href);

if (values.list) {
  for (const { name } of scenes) console.log(name);
  process.exit(0);
}
const [wanted = "contacts"] = positionals;
const scene = scenes.find(({ name }) => name === wanted) ?? scenes.find(({ name }) => name.startsWith(wanted));
if (scene === undefined) fail(`no scene begins with ${wanted}; --list names them`);
if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  console.error("there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set");
  process.exit(1);
}

const program = join(root, "build/native/window/sidetone-window");
try {
  if (!values["no-build"]) await cmake("native", ["sidetone-window"]);
  if (!existsSync(program)) fail(`${program} is not there: run it without --no-build`);
  process.exitCode = await playLive(program, values.golden ? dejaVu : debianFonts(), scene.name, look, (line) => console.log(line));
} catch (error) {
  console.error(error instanceof BuildError ? error.output : `npm run shell: ${error.message}`);
  process.exitCode = 1;
}

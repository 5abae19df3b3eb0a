// npm run screenshots: pictures of every screen and state of the page, without a browser: tests/web/scenes played on the wasm build.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./process.mjs";

const usage = `npm run screenshots                 every scene into build/screenshots/ (build the preset wasm first)
npm run screenshots -- SCENE…       some of them, by the beginning of their names
npm run screenshots -- --golden     the golden pictures of tests/golden/ anew; look at what has changed before committing it
npm run screenshots -- --docs       the pictures of README.md in docs/pictures/ anew
npm run screenshots -- --list       names of the scenes
  --theme light|dark|contrast  --width CSS_PIXELS  --ratio 1.25  --language ar     one look instead of all

All: 1280 and 360 wide in light and dark; 1920 wide, high contrast, ratios 1.25, 1.5 and 2, and Arabic of some.
Letters come from Debian's Open Sans, DejaVu, Droid Sans Fallback, Nanum Gothic, Lohit and Symbola. Arabic letters are joined, Devanagari has
no ligatures, emoji have one colour; a browser draws them properly. Golden pictures use DejaVu alone.`;

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        golden: { type: "boolean" },
        docs: { type: "boolean" },
        list: { type: "boolean" },
        theme: { type: "string" },
        width: { type: "string" },
        ratio: { type: "string" },
        language: { type: "string" },
      },
    });
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
const { values, positionals } = options();
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const out = join(root, "build/screenshots");
mkdirSync(out, { recursive: true });
const program = join(root, "build/web-tools/scenes.mjs");
await build({
  absWorkingDir: root,
  stdin: { contents: 'export * from "./tests/web/scenes/take.ts"; export * from "./tests/web/scenes/scenes.ts"; export * from "./tests/web/scenes/theatre.ts"; export * from "./tests/web/scenes/fonts.ts";', resolveDir: root, loader: "ts" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  outfile: program,
  logLevel: "warning",
});
const { debianFonts, goldens, pictureName, scenes, take, takeGolden, Theatre, writePicture } = await import(pathToFileURL(program).href);

if (values.list) {
  for (const { name } of scenes) console.log(name);
  process.exit(0);
}

const theatre = await Theatre.open();
if (values.golden) {
  for (const golden of goldens) writePicture(join(root, "tests/golden", golden.file), takeGolden(theatre, golden));
  console.log(`${goldens.length} pictures in tests/golden`);
  process.exit(0);
}

const fonts = debianFonts();
const heights = { 360: 740, 1920: 1080 };
const look = (width, theme, ratio = 1, language = undefined) => ({ width, height: heights[width] ?? 800, theme, ratio, language });
const some = ["contacts", "chat", "call-direct", "incoming", "settings-sound"];

if (values.docs) {
  const shown = [["chat", "light"], ["call-direct", "dark"], ["contacts", "light"]];
  for (const [name, theme] of shown) writePicture(join(root, "docs/pictures", `${pictureName(name, look(1280, theme))}.png`), take(theatre, fonts, name, look(1280, theme)));
  console.log(`${shown.length} pictures in docs/pictures`);
  process.exit(0);
}

function looksOf(name) {
  if (values.theme || values.width || values.ratio || values.language)
    return [look(Number(values.width ?? 1280), values.theme ?? "light", Number(values.ratio ?? 1), values.language)];
  const all = [1280, 360].flatMap((width) => [look(width, "light"), look(width, "dark")]);
  if (!some.includes(name)) return all;
  return [...all, look(1920, "light"), look(1280, "contrast"), look(1024, "light"), look(1280, "light", 1.25), look(1280, "dark", 1.5), look(360, "light", 2), look(1280, "light", 1, "ar")];
}

const chosen = scenes.filter(({ name }) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)));
if (chosen.length === 0) {
  console.error(`no scene begins with ${positionals.join(", ")}; --list names them`);
  process.exit(2);
}
let count = 0;
for (const { name } of chosen) {
  for (const one of looksOf(name)) {
    writePicture(join(out, `${pictureName(name, one)}.png`), take(theatre, fonts, name, one));
    ++count;
  }
}
console.log(`${count} pictures in build/screenshots`);

// node tools/build_page.mjs: makes the page that people use, build/web/page/. Everything in it is named by its content, except what must
// have a fixed address.
//   web/page/            markup, style, TypeScript
//   build/wasm/          sidetone_page.mjs and .wasm: core and interface
//   web/locale/*.json    words, by tools/locale.mjs
//   shell/design/        colours
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { localeTable, readLocales } from "./locale.mjs";
import { root } from "./process.mjs";

const out = join(root, "build/web/page");
const source = join(root, "web/page");
const read = (path) => readFileSync(join(root, path));
const hashOf = (...contents) => contents.reduce((hash, one) => hash.update(one), createHash("sha256")).digest("hex").slice(0, 16);

/** Each theme's colours as custom properties. */
function themes() {
  const { themes } = JSON.parse(read("shell/design/tokens.json"));
  const rule = (name) => Object.entries(themes[name]).map(([color, value]) => `--${color}:${value};`).join("");
  return Object.keys(themes)
    .map((name) => `${name === "light" ? ":root," : ""}:root[data-theme="${name}"]{color-scheme:${name === "light" ? "light" : "dark"};${rule(name)}}`)
    .concat(`@media (prefers-color-scheme:dark){:root:not([data-theme]){color-scheme:dark;${rule("dark")}}}`)
    .join("\n");
}

async function script(entry, define) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: ["es2022"],
    platform: "browser",
    define,
    logLevel: "warning",
  });
  return outputFiles[0].contents;
}

async function buildPage() {
  mkdirSync(out, { recursive: true });
  const there = new Set(readdirSync(out));
  const made = new Set();
  /** What is packed already is not packed again: packing takes longest. */
  const write = (name, content, packed = true) => {
    const bytes = Buffer.from(content);
    const same = there.has(name) && readFileSync(join(out, name)).equals(bytes);
    if (!same) writeFileSync(join(out, name), bytes);
    made.add(name);
    if (!packed) return name;
    const packings = [
      [".br", () => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })],
      [".gz", () => gzipSync(bytes, { level: 9 })],
    ];
    for (const [extension, pack] of packings) {
      if (!same || !there.has(name + extension)) writeFileSync(join(out, name + extension), pack());
      made.add(name + extension);
    }
    return name;
  };
  const hashed = (name, extension, content) => write(`${name}-${hashOf(content)}.${extension}`, content);

  const loader = await transform(read("build/wasm/sidetone_page.mjs").toString(), { minify: true, format: "esm", target: "es2022" });
  const module = hashed("sidetone_page", "mjs", loader.code);
  const wasm = hashed("sidetone_page", "wasm", read("build/wasm/sidetone_page.wasm"));
  const locales = {};
  for (const [language, words] of Object.entries(readLocales())) locales[language] = hashed(`locale_${language.toLowerCase()}`, "txt", localeTable(words));
  const css = await build({
    stdin: { contents: `${themes()}\n${readFileSync(join(source, "style.css"), "utf8")}`, loader: "css" },
    write: false,
    minify: true,
  });
  const style = hashed("style", "css", css.outputFiles[0].contents);
  const version = `${JSON.parse(read("package.json")).version}+${hashOf(module, wasm, style, ...Object.values(locales)).slice(0, 8)}`;
  const main = hashed("main", "js", await script("web/page/main.ts", { __PAGE__: JSON.stringify({ module, wasm, version, locales }) }));

  const index = readFileSync(join(source, "index.html"), "utf8").replace(/\{(\w+)\}/g, (_, name) => ({ module, wasm, style, script: main })[name]);
  write("index.html", index);
  for (const name of ["manifest.webmanifest", "icon.svg", "icon_maskable.svg"]) write(name, readFileSync(join(source, name)));

  const plain = [...made].filter((name) => !/\.(br|gz)$/.test(name)).sort();
  const whole = hashOf(...plain.map((name) => readFileSync(join(out, name))));
  const words = Object.values(locales);
  const files = plain.filter((name) => !words.includes(name));
  write("service_worker.js", await script("web/page/service_worker.ts", { __FILES__: JSON.stringify({ version: whole, files, words }) }));
  for (const name of there) if (!made.has(name)) rmSync(join(out, name), { force: true });
}

for (const needed of ["build/wasm/sidetone_page.mjs", "build/wasm/sidetone_page.wasm", "build/generated/protocol.ts"]) {
  if (existsSync(join(root, needed))) continue;
  console.error(`${needed} is missing: build the preset wasm and the target protocol of the preset native first`);
  process.exit(1);
}
await buildPage();

// Bundles the TypeScript of the project with esbuild, but for the page that people use, which tools/build_page.mjs makes.
// Types are checked apart, by the suite `checks`.
//   node tools/build_web.mjs            page and node programs, into build/web/
//   node tools/build_web.mjs --tests    and the tests, into build/web-tests/
//
//   web/pages/*.ts         → build/web/*.js          the pages' entry points, for browsers; web/pages/*.html beside them
//   web/redirect/index.ts  → build/web/redirect.js   WebRTC in the native host, for any page
//   web/tools/*.ts         → build/web/*.mjs         programs for node
//   tests/**/*.test.ts, tests/**/*.program.ts, tests/bench/*/bench.ts → build/web-tests/…/*.mjs
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { build } from "esbuild";
import { root } from "./process.mjs";

/** Files below `folder` whose name passes `accept`, as paths from the root. */
function files(folder, accept, deep = true) {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { withFileTypes: true, recursive: deep })
    .filter((entry) => entry.isFile() && accept(entry.name))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  sourcemap: "linked",
  logLevel: "warning",
};
const isEntry = (name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.endsWith(".test.ts");

async function bundle(entryPoints, options) {
  if (entryPoints.length > 0) await build({ ...common, entryPoints, ...options });
}

const node = {
  platform: "node",
  target: "node20",
  outExtension: { ".js": ".mjs" },
  // What is installed stays outside: it loads files of its own at run time.
  packages: "external",
};

mkdirSync(join(root, "build/web"), { recursive: true });
await bundle(files("web/pages", isEntry, false), { outbase: "web/pages", outdir: "build/web", platform: "browser" });
await bundle([{ in: "web/redirect/index.ts", out: "redirect" }], { outdir: "build/web", platform: "browser" });
for (const page of files("web/pages", (name) => name.endsWith(".html"), false)) copyFileSync(join(root, page), join(root, "build/web", basename(page)));
await bundle(files("web/tools", isEntry, false), { outbase: "web/tools", outdir: "build/web", ...node });
if (process.argv.includes("--tests")) {
  const isTest = (name) => /\.(test|program)\.ts$/.test(name) || name === "bench.ts";
  const tests = files("tests", isTest);
  // A test that is gone must not run again.
  rmSync(join(root, "build/web-tests"), { recursive: true, force: true });
  await bundle(tests, { outbase: "tests", outdir: "build/web-tests", ...node });
}

// npm run bench -- NAME [OPTIONS]: builds what is measured and runs one benchmark of tests/bench.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BuildError, cmake, page, setup, web } from "./build.mjs";
import { endAll, root } from "./process.mjs";

const folder = join(root, "tests/bench");
const [name, ...rest] = process.argv.slice(2);
const names = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name) : [];
if (!names.includes(name)) {
  console.error(`npm run bench -- NAME [--json]\nbenchmarks: ${names.join(", ")}`);
  process.exit(name === undefined || name === "--help" ? 0 : 2);
}

/** A benchmark is a bundled bench.ts, or a native program <name>_bench. */
function command() {
  const bundle = join(root, "build/web-tests/bench", name, "bench.mjs");
  if (existsSync(bundle)) return [process.execPath, bundle];
  return [join(root, "build/native/tests/bench", `${name}_bench`)];
}

let child;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => {
    if (child) child.kill(signal);
    else void endAll().then(() => process.exit(130));
  });
try {
  // Standard output is the benchmark's alone.
  await setup(process.stderr);
  await cmake("native");
  await cmake("wasm");
  await web(true);
  await page();
} catch (error) {
  console.error(error instanceof BuildError ? `${error.message}\n${error.output}` : error);
  process.exit(1);
}
const [program, ...args] = command();
child = spawn(program, [...args, ...rest], { cwd: root, stdio: "inherit" });
child.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on("close", (code) => process.exit(code ?? 1));

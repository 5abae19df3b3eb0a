// The suite `tidy`: clang-tidy over every C++ file of the product, except those whose text, includes and command were clean before.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { inParallel, root, run } from "./process.mjs";

const build = join(root, "build/native");
const cache = join(root, "build/tidy-cache");

const digests = new Map();
function digest(path) {
  if (!digests.has(path)) digests.set(path, createHash("sha256").update(readFileSync(path)).digest("hex"));
  return digests.get(path);
}

/** Object file → the project's files that it was made of, as ninja recorded them at the last build. */
async function recordedIncludes() {
  const { ok, output } = await run(["ninja", "-C", build, "-t", "deps"]);
  if (!ok) throw new Error(output);
  const includes = new Map();
  for (const block of output.split("\n\n")) {
    const [head, ...lines] = block.split("\n");
    const object = /^(?:ninja: .*\n)?(\S+): #deps/.exec(head)?.[1];
    if (object === undefined) continue;
    const files = lines.map((line) => resolve(build, line.trim())).filter((path) => path.startsWith(`${root}/`) && existsSync(path));
    includes.set(object, files.sort());
  }
  return includes;
}

/** Tests are left to the warnings of two compilers: clang-tidy would take as long over them as over all the rest. */
const isOfProduct = (unit) => unit.file.startsWith(`${root}/`) && !unit.file.startsWith(`${root}/build/deps/`) && !unit.object.startsWith("tests/");

function key(unit, includes, version) {
  const hash = createHash("sha256").update(version).update(unit.command).update(digest(join(root, ".clang-tidy")));
  for (const file of [unit.file, ...includes]) hash.update(file).update(digest(file));
  return hash.digest("hex");
}

export async function tidy() {
  const version = (await run(["clang-tidy-14", "--version"])).output;
  const includes = await recordedIncludes();
  const units = JSON.parse(readFileSync(join(build, "compile_commands.json"), "utf8"))
    // CMake before 3.26 does not say `output`.
    .map((unit) => ({ ...unit, object: / -o (\S+)/.exec(unit.command)[1] }))
    .filter((unit) => isOfProduct(unit) && existsSync(unit.file));
  mkdirSync(cache, { recursive: true });
  const waiting = units
    .map((unit) => ({ unit, stamp: includes.has(unit.object) ? join(cache, key(unit, includes.get(unit.object), version)) : undefined }))
    .filter(({ stamp }) => stamp === undefined || !existsSync(stamp));
  const failures = await inParallel(
    waiting.map(({ unit, stamp }) => async () => {
      // -Wno-…: the compile command is g++'s, whose warnings clang does not all know.
      const { ok, output } = await run(["clang-tidy-14", "--quiet", "-p", build, "--extra-arg=-Wno-unknown-warning-option", unit.file], { timeoutSeconds: 300 });
      if (ok && stamp !== undefined) writeFileSync(stamp, relative(root, unit.file));
      return ok ? [] : [output.replace(/^\d+ warnings? (treated as errors|generated).*\n/gm, "")];
    }),
    availableParallelism(),
  );
  const failed = failures.flat();
  return {
    passed: units.length - failed.length,
    failed: failed.length,
    output: failed.join("\n"),
    note: `${waiting.length} of ${units.length} files looked at, the others are unchanged`,
  };
}

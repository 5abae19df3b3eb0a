// The suite `checks`: what can be said of the sources without running them. Each check gives its faults, one a line.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkIncludes } from "./include_table.mjs";
import { checkProjectLocales } from "./locale.mjs";
import { root, run } from "./process.mjs";
import { cpp, scripts, sources } from "./sources.mjs";

const maxLines = 600;

const read = (file) => readFileSync(join(root, file), "utf8");

/** Faults of a program that fails where something is wrong. */
async function program(command) {
  const { ok, output } = await run(command);
  return ok ? [] : [output.trim() || `${command[0]} failed`];
}

/** The first line of each file that .clang-format would change. */
async function checkFormat() {
  const { ok, output } = await run(["clang-format-14", "--dry-run", "-Werror", ...sources(root, cpp)]);
  if (ok) return [];
  const first = new Map();
  for (const [, file, line] of output.matchAll(/^(\S+?):(\d+):\d+: error: code should be clang-formatted/gm)) if (!first.has(file)) first.set(file, line);
  return first.size > 0 ? [...first].map(([file, line]) => `${file}:${line}: npm run format`) : [output.trim()];
}

/** A file that goes past the limit says why in its first lines: "Long because …". */
export function checkLengths(files, readFile = read) {
  return files.flatMap((file) => {
    const lines = readFile(file).split("\n");
    const excused = lines.slice(0, 20).some((line) => /long because \S+/i.test(line));
    return lines.length > maxLines && !excused ? [`${file}: ${lines.length} lines; split it, or say "Long because …" at its head`] : [];
  });
}

/** Links between the project's pages lead somewhere. */
export function checkLinks(files, readFile = read, exists = (path) => existsSync(join(root, path))) {
  return files.flatMap((file) =>
    [...readFile(file).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)]
      .map((match) => match[1])
      .filter((target) => !exists(join(dirname(file), target)))
      .map((target) => `${file}: the link to ${target} leads nowhere`),
  );
}

function pages(folder = ".") {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !["build", "node_modules", ".git"].includes(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return pages(path);
      return entry.name.endsWith(".md") ? [path] : [];
    });
}

function checkProtocolPage() {
  const made = join(root, "build/generated/protocol.md");
  if (!existsSync(made)) return ["build/generated/protocol.md is missing: build the target `protocol`"];
  return readFileSync(made, "utf8") === read("docs/protocol.md") ? [] : ["docs/protocol.md is out of date: npm run protocol"];
}

/** The lock file must work with any registry, so it names none. */
function checkLock() {
  const named = /"resolved": "https?:/.exec(read("package-lock.json"));
  return named ? ["package-lock.json names a registry: npm config set omit-lockfile-registry-resolved true, then install again"] : [];
}

function checkPackages() {
  return read("tools/packages.txt")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#") && !/^\S+\s+# \S/.test(line))
    .map((line) => `tools/packages.txt: '${line}' gives no reason`);
}

const all = [
  ["includes follow the table", () => checkIncludes(root)],
  ["C++ has the layout of .clang-format", checkFormat],
  [`no file beyond ${maxLines} lines without a reason`, () => checkLengths(sources(root, [...cpp, ...scripts]))],
  ["docs/protocol.md is what the registry says", checkProtocolPage],
  ["every language has every word, and every word its use", () => checkProjectLocales()],
  ["TypeScript types", () => program([process.execPath, "node_modules/typescript/bin/tsc", "--noEmit", "-p", "."])],
  ["links between pages", () => checkLinks(pages())],
  ["package-lock.json names no registry", checkLock],
  ["every Debian package has its reason", checkPackages],
];

export async function checks() {
  const results = await Promise.all(all.map(async ([name, check]) => ({ name, faults: await check() })));
  const bad = results.filter((result) => result.faults.length > 0);
  return {
    passed: results.length - bad.length,
    failed: bad.length,
    output: results.map(({ name, faults }) => (faults.length > 0 ? `not ok: ${name}\n${faults.join("\n")}` : `ok: ${name}`)).join("\n"),
  };
}

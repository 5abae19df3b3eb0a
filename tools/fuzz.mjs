// Every decoder has a libFuzzer target. The suite `fuzz` runs them for a minute in all, `npm run fuzz` as long as one likes; both with what other programs
// leave of the processors.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { inParallel, root, run } from "./process.mjs";
import { sources } from "./sources.mjs";

const wholeSeconds = 60;
const programs = join(root, "build/asan/tests/fuzz");

/**
 * The decoders that the public headers declare.
 * A function that reads what came from outside says `@fuzz` in its comment: its target has its name without "parse_", or the name that
 * stands behind @fuzz. Each message list of the registry is one more.
 * @returns {Map<string, string>} target → where it is declared
 */
export function decoders(files, readFile) {
  const found = new Map();
  for (const file of files) {
    const text = readFile(file);
    // The tag, the rest of the comment, and the declared name in front of the first bracket.
    for (const match of text.matchAll(/@fuzz\b[ \t]*(\w*).*\n(?:\s*\/\/\/.*\n)*\s*(?:[^\n(]*?[\s&*>])(\w+)\(/g)) {
      found.set(match[1] || match[2].replace(/^parse_/, ""), file);
    }
    if (!file.endsWith("protocol/registry.hpp")) continue;
    for (const match of text.matchAll(/using (\w+) =\s*MessageList</g)) {
      found.set(`json_${match[1].replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase()}`, file);
    }
  }
  return found;
}

/** Functions that look like decoders and name no target. */
export function untagged(files, readFile) {
  return files.flatMap((file) => {
    const lines = readFile(file).split("\n");
    return lines.flatMap((line, index) => {
      if (!/^(inline )?[\w:<>, ]+ (parse_\w+|\w+_decode)\(.*(Bytes|std::string_view|std::span<const std::uint8_t>) /.test(line)) return [];
      let first = index;
      while (first > 0 && /^\s*\/\/\//.test(lines[first - 1])) first--;
      return lines.slice(first, index).some((comment) => comment.includes("@fuzz")) ? [] : [`${file}:${index + 1}: a decoder without a fuzz target: ${line.trim()}`];
    });
  });
}

/** libFuzzer counts whole seconds, and ends when more of them are over than it was told. */
const ends = (seconds) => Math.max(1, seconds - 1);

async function runTarget(name, seconds) {
  const corpus = join(root, "build/asan/tests/fuzz/corpus", name);
  const seeds = join(root, "tests/fuzz/seeds", name);
  mkdirSync(corpus, { recursive: true });
  const { ok, output } = await run(
    [
      "chrt",
      "--idle",
      "0",
      join(programs, `${name}_fuzz`),
      `-max_total_time=${ends(seconds)}`,
      "-max_len=65536",
      "-timeout=10",
      "-rss_limit_mb=1024",
      "-print_final_stats=1",
      `-artifact_prefix=${join(programs, `${name}-`)}`,
      corpus,
      ...(existsSync(seeds) ? [seeds] : []),
    ],
    { timeoutSeconds: seconds + 60 },
  );
  return { name, ok, output, runs: Number(/number_of_executed_units: (\d+)/.exec(output)?.[1] ?? 0) };
}

/**
 * @param {{ secondsEach?: number, only?: string[] }} [options]  secondsEach: none: an equal share of a minute; only: these targets
 */
export async function fuzz({ secondsEach, only = [] } = {}) {
  const headers = sources(root, [".hpp"]);
  const readFile = (file) => readFileSync(join(root, file), "utf8");
  const wanted = decoders(headers, readFile);
  const built = existsSync(programs)
    ? readdirSync(programs).filter((name) => name.endsWith("_fuzz")).map((name) => name.slice(0, -"_fuzz".length)).sort()
    : [];
  const faults = [
    ...[...wanted].filter(([name]) => !built.includes(name)).map(([name, file]) => `${file}: no fuzz target ${name}`),
    ...built.filter((name) => !wanted.has(name)).map((name) => `tests/fuzz: target ${name} belongs to no decoder that says so`),
    ...only.filter((name) => !built.includes(name)).map((name) => `there is no fuzz target ${name}; there are: ${built.join(", ")}`),
    // core/protocol is decoded by the lists.
    ...untagged(headers.filter((file) => !/^(tests|core\/protocol)\//.test(file)), readFile),
  ];
  const chosen = only.length === 0 ? built : built.filter((name) => only.includes(name));
  const width = availableParallelism();
  const seconds = secondsEach ?? Math.ceil((wholeSeconds * width) / Math.max(1, built.length));
  const results = await inParallel(chosen.map((name) => () => runTarget(name, seconds)), width);
  // A target that executes next to nothing proves nothing.
  const bad = results.filter((result) => !result.ok || result.runs < 100);
  return {
    passed: results.length - bad.length + (faults.length === 0 ? 1 : 0),
    failed: bad.length + (faults.length === 0 ? 0 : 1),
    output: [...faults, ...bad.map(({ name, output }) => `== ${name}\n${output}`)].join("\n"),
    note: `${wanted.size} decoders, ${results.length} targets, ${seconds} s each, ${results.reduce((sum, one) => sum + one.runs, 0)} runs`,
  };
}

// The GoogleTest programs of a build: dealt out to processes, so that no processor waits for a time-out.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { filesBelow, sum } from "./node_tests.mjs";
import { afterAllOthers, beforeAllOthers, inParallel, root, run } from "./process.mjs";

/** Counts of a GoogleTest program. One that ends without its summary has crashed: that is one failure more. */
export async function googletest(command, options) {
  const { ok, output } = await run([...command, "--gtest_brief=1"], options);
  const count = (pattern) => Number(pattern.exec(output)?.[1] ?? 0);
  const ran = count(/\[=+\] (\d+) tests? from \d+ test suites? ran/);
  const passed = count(/\[ {2}PASSED {2}\] (\d+) tests?/);
  const failed = count(/\[ {2}FAILED {2}\] (\d+) tests?, listed below/);
  return { passed, failed: failed + (!ok && (failed === 0 || ran === 0) ? 1 : 0), output: `== ${command.join(" ")}\n${output}` };
}

/** Programs whose tests wait most of the time, for the sound of a call and for time-outs, and into how many processes they are dealt; the longest come first. */
const waiting = new Map([["media", 8], ["net", 4], ["native-host", 4], ["service", 2], ["window", 1]]);
/** Programs, and suites of media, whose tests follow no clock. */
const computing = new Map([["media", 2], ["shell", 1], ["core", 1]]);
const clocklessFolders = ["codec", "dsp", "jitter", "mixer", "rtp", "srtp"].map((name) => `media/${name}`);

const read = (file) => readFileSync(join(root, file), "utf8");
const cppBelow = (folder) => [".hpp", ".cpp"].flatMap((ending) => filesBelow(folder, ending));

const threads = /#include <(?:atomic|barrier|condition_variable|future|latch|mutex|pthread\.h|semaphore|shared_mutex|stop_token|thread)>|\b(?:pthread_\w+|thread_local)\b/;
/**
 * Tests of a folder about which the thread sanitizer has nothing to say: neither they nor anything in the folder has a thread, a lock or an atomic. Where
 * others use the folder from threads, it is their tests that show it.
 * @returns {string[]} their files
 */
export function threadlessTests(folder, below = cppBelow, readFile = read) {
  if (below(folder).some((file) => threads.test(readFile(file)))) return [];
  const [tests, helpers] = [true, false].map((wanted) => below(`tests/${folder}`).filter((file) => file.endsWith("_test.cpp") === wanted));
  return helpers.some((file) => threads.test(readFile(file))) ? [] : tests.filter((file) => !threads.test(readFile(file)));
}

/** A GoogleTest filter for the suites of a source. */
export function suitesIn(text) {
  const names = new Set([...text.matchAll(/^TEST(?:_[FP])?\((\w+),/gm)].map((match) => match[1]));
  return [...names].flatMap((name) => [`${name}.*`, `*/${name}.*`]).join(":");
}

/**
 * The GoogleTest programs of a build, as its CTest knows them. What only computes delays none that waits for sound.
 * @param {{ env?: Record<string, string>, threadsOnly?: boolean }} [options]  threadsOnly: without `threadlessTests`
 */
export async function nativeTests(preset, { env = {}, threadsOnly = false } = {}) {
  const listed = await run(["ctest", "--test-dir", `build/${preset}`, "--show-only=json-v1"]);
  if (!listed.ok) return { passed: 0, failed: 1, output: listed.output };
  const { tests } = JSON.parse(listed.output);
  const [built, dealt] = [new Set(tests.map(({ name }) => name)), new Set([...waiting.keys(), ...computing.keys()])];
  const astray = [...[...built].filter((name) => !dealt.has(name)), ...[...dealt].filter((name) => !built.has(name))];
  if (astray.length > 0) return { passed: 0, failed: 1, output: `tools/native_tests.mjs deals out other programs than there are: ${astray.join(", ")}` };
  const testsOf = (folder) => filesBelow(`tests/${folder}`, "_test.cpp");
  const left = new Set(threadsOnly ? ["core", "shell", ...clocklessFolders].flatMap((folder) => threadlessTests(folder)) : []);
  const suites = (files) => suitesIn(files.map(read).join("\n"));
  const clockless = clocklessFolders.flatMap(testsOf);
  const waits = (name) => (name === "media" ? `-${suites(clockless)}` : "*");
  const computes = (name) =>
    name === "media" ? suites(clockless.filter((file) => !left.has(file))) : `*-${suites(testsOf(name).filter((file) => left.has(file)))}`;
  const jobs = (programs, prefix, filterOf) =>
    [...programs].flatMap(([name, shards]) => {
      const command = [...prefix, ...tests.find((test) => test.name === name).command, `--gtest_filter=${filterOf(name)}`];
      return Array.from({ length: shards }, (_, index) => () =>
        googletest(command, { env: { ...env, GTEST_TOTAL_SHARDS: String(shards), GTEST_SHARD_INDEX: String(index) }, timeoutSeconds: 600 }),
      );
    });
  const results = await Promise.all([
    inParallel(jobs(waiting, beforeAllOthers, waits), 2 * availableParallelism()),
    inParallel(jobs(computing, afterAllOthers, computes), availableParallelism()),
  ]);
  return { ...sum(results.flat()), ...(left.size > 0 ? { note: `without ${left.size} files of tests that have no thread` } : {}) };
}

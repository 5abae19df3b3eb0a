// The suites of `npm test`, in the order in which they run: what is quick to fail comes first.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { cmake, page, web } from "./build.mjs";
import { checks } from "./checks.mjs";
import { endToEnd } from "./e2e.mjs";
import { fuzz } from "./fuzz.mjs";
import { filesBelow, nodeTests, sum } from "./node_tests.mjs";
import { inParallel, root, run } from "./process.mjs";
import { tidy } from "./tidy.mjs";

/** Build steps by name; each runs once at most. */
export const builds = {
  native: () => cmake("native"),
  protocol: () => cmake("native", ["protocol"]),
  wasm: () => cmake("wasm"),
  asan: () => cmake("asan", ["tests"]),
  tsan: () => cmake("tsan", ["tests"]),
  fuzzers: () => cmake("asan", ["fuzzers"]),
  "web-tests": () => web(true),
  page: () => page(),
};

/** Counts of a GoogleTest program. One that ends without its summary has crashed: that is one failure more. */
async function googletest(command, options) {
  const { ok, output } = await run([...command, "--gtest_brief=1"], options);
  const count = (pattern) => Number(pattern.exec(output)?.[1] ?? 0);
  const ran = count(/\[=+\] (\d+) tests? from \d+ test suites? ran/);
  const passed = count(/\[ {2}PASSED {2}\] (\d+) tests?/);
  const failed = count(/\[ {2}FAILED {2}\] (\d+) tests?, listed below/);
  return { passed, failed: failed + (!ok && (failed === 0 || ran === 0) ? 1 : 0), output: `== ${command.join(" ")}\n${output}` };
}

/** Into how many processes each program's tests are dealt. Most of the time they wait: for the sound of a call, for time-outs. */
const shards = 4;

/** The GoogleTest programs of a build, as its CTest knows them. */
async function nativeTests(preset, env = {}) {
  const listed = await run(["ctest", "--test-dir", `build/${preset}`, "--show-only=json-v1"]);
  if (!listed.ok) return { passed: 0, failed: 1, output: listed.output };
  const programs = JSON.parse(listed.output).tests.map((test) => test.command);
  const jobs = programs.flatMap((command) =>
    Array.from({ length: shards }, (_, index) => () =>
      googletest(command, { env: { ...env, GTEST_TOTAL_SHARDS: String(shards), GTEST_SHARD_INDEX: String(index) }, timeoutSeconds: 600 }),
    ),
  );
  return sum(await inParallel(jobs, 2 * availableParallelism()));
}

export const suites = [
  {
    name: "checks",
    about: "includes follow the table, layout, length of files, generated pages up to date, TypeScript types, the tools themselves",
    needs: ["protocol", "web-tests"],
    run: async () => sum([await checks(), await nodeTests(filesBelow("tests/tools", ".test.mjs"))]),
  },
  {
    name: "unit",
    about: "GoogleTest programs of every folder, native",
    needs: ["native"],
    run: () => nativeTests("native"),
  },
  {
    name: "wasm-unit",
    about: "the tests of core/ and shell/ once more, from the wasm build under node",
    needs: ["wasm"],
    // Node's own fetch confuses the loader that Emscripten 3.1.6 writes.
    run: async () =>
      sum(await Promise.all(["core", "shell"].map((folder) => googletest([process.execPath, "--no-experimental-fetch", `build/wasm/tests/${folder}_test.cjs`])))),
  },
  {
    name: "web",
    about: "node:test units of web/: the redirecting RTCPeerConnection and the client's glue; and of what benchmarks measure with",
    needs: ["protocol", "wasm", "web-tests"],
    run: () => nodeTests(["web", "bench"].flatMap((folder) => filesBelow(`build/web-tests/${folder}`, ".test.mjs"))),
  },
  {
    name: "fuzz",
    about: "libFuzzer targets, one for each decoder, a minute in all; beside e2e if both are chosen",
    needs: ["fuzzers"],
    // It takes no more than what the browsers leave over.
    beside: "e2e",
    run: () => fuzz(),
  },
  {
    name: "asan",
    about: "the native tests under the address and undefined behaviour sanitizers",
    needs: ["asan"],
    run: () => nativeTests("asan", { ASAN_OPTIONS: "detect_leaks=1:detect_stack_use_after_return=1", UBSAN_OPTIONS: "print_stacktrace=1" }),
  },
  {
    name: "tsan",
    about: "the native tests under the thread sanitizer",
    needs: ["tsan"],
    run: () => nativeTests("tsan", { TSAN_OPTIONS: `halt_on_error=1:second_deadlock_stack=1:suppressions=${join(root, "tests/tsan.supp")}` }),
  },
  {
    name: "tidy",
    about: "clang-tidy over every C++ file of the product that has changed since it was last clean",
    needs: ["native"],
    run: tidy,
  },
  {
    name: "e2e",
    about: "two people sign in, chat, call and talk, with real parts: service, hosts, PulseAudio, Chromium, Firefox, WebKitGTK, coturn, NATs",
    needs: ["native", "protocol", "wasm", "web-tests", "page"],
    run: endToEnd,
  },
];

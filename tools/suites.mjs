// The suites of `npm test`, in the order in which they run: what is quick to fail comes first.
import { join } from "node:path";
import { cmake, page, web } from "./build.mjs";
import { checks } from "./checks.mjs";
import { endToEnd } from "./e2e.mjs";
import { fuzz } from "./fuzz.mjs";
import { googletest, nativeTests } from "./native_tests.mjs";
import { filesBelow, nodeTests, sum } from "./node_tests.mjs";
import { root } from "./process.mjs";
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
    // What waits for sound and time-outs leaves much of the processors.
    beside: "unit",
    // Node's own fetch confuses the loader that Emscripten 3.1.6 writes.
    run: async () =>
      sum(await Promise.all(["core", "shell"].map((folder) => googletest([process.execPath, "--no-experimental-fetch", `build/wasm/tests/${folder}_test.cjs`])))),
  },
  {
    name: "web",
    about: "node:test units of web/: the redirecting RTCPeerConnection and the client's glue; and of what benchmarks measure with",
    needs: ["protocol", "wasm", "web-tests"],
    beside: "unit",
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
    run: () => nativeTests("asan", { env: { ASAN_OPTIONS: "detect_leaks=1:detect_stack_use_after_return=1", UBSAN_OPTIONS: "print_stacktrace=1" } }),
  },
  {
    name: "tsan",
    about: "the native tests under the thread sanitizer, without those in which, and in whose folders, there is no thread, lock or atomic",
    needs: ["tsan"],
    run: () =>
      nativeTests("tsan", {
        env: { TSAN_OPTIONS: `halt_on_error=1:second_deadlock_stack=1:suppressions=${join(root, "tests/tsan.supp")}` },
        threadsOnly: true,
      }),
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

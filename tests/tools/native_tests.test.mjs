import assert from "node:assert/strict";
import { test } from "node:test";
import { suitesIn, threadlessTests } from "../../tools/native_tests.mjs";

test("every suite of a source is in its filter once, with its instances", () => {
  const source = "TEST(Opus, IsSmall) {\n}\nTEST(Opus, IsLoud) {\n}\nTEST_F(JitterBuffer, Waits) {\n}\nTEST_P(EveryCodec, Decodes) {\n}\n  TEST(Within, No) {\n";
  assert.equal(suitesIn(source), "Opus.*:*/Opus.*:JitterBuffer.*:*/JitterBuffer.*:EveryCodec.*:*/EveryCodec.*");
});

test("the thread sanitizer is spared a test only if neither it nor anything in its folder has a thread", () => {
  const left = (more) => {
    const files = { "dsp/level.hpp": "#include <cmath>\n", "tests/dsp/level_test.cpp": "TEST(Level, Rises) {}\n", "tests/dsp/signals.hpp": "", ...more };
    return threadlessTests("dsp", (folder) => Object.keys(files).filter((file) => file.startsWith(`${folder}/`)), (file) => files[file]);
  };
  assert.deepEqual(left({}), ["tests/dsp/level_test.cpp"]);
  assert.deepEqual(left({ "tests/dsp/ring_test.cpp": "#include <thread>\n" }), ["tests/dsp/level_test.cpp"]);
  assert.deepEqual(left({ "dsp/ring.cpp": "#include <atomic>\n" }), []);
  assert.deepEqual(left({ "dsp/ring.cpp": "thread_local int last;\n" }), []);
  assert.deepEqual(left({ "tests/dsp/signals.hpp": "#include <mutex>\n" }), []);
});

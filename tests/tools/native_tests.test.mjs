import assert from "node:assert/strict";
import { test } from "node:test";
import { suitesIn } from "../../tools/native_tests.mjs";

test("every suite of a source is in its filter once, with its instances", () => {
  const source = "TEST(Opus, IsSmall) {\n}\nTEST(Opus, IsLoud) {\n}\nTEST_F(JitterBuffer, Waits) {\n}\nTEST_P(EveryCodec, Decodes) {\n}\n  TEST(Within, No) {\n";
  assert.equal(suitesIn(source), "Opus.*:*/Opus.*:JitterBuffer.*:*/JitterBuffer.*:EveryCodec.*:*/EveryCodec.*");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { sum } from "../../tools/node_tests.mjs";

test("what failed is told apart from what passed, also of results that are sums", () => {
  const passes = { passed: 2, failed: 0, output: "all well" };
  const fails = { passed: 1, failed: 1, output: "why" };
  const whole = sum([passes, sum([fails, passes])]);
  assert.deepEqual(whole, { passed: 5, failed: 1, output: "all well\nwhy\nall well", failures: "why" });
  assert.equal(sum([passes]).failures, "");
});

// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { disturbing, longestStall } from "./stalls.ts";

const stall = (processor: number, atMs: number, ms: number): { event: "stall"; processor: number; at_ms: number; ms: number } => ({
  event: "stall",
  processor,
  at_ms: atMs,
  ms,
});

test("stalls that follow close upon each other are one, and processors are not added up", () => {
  assert.equal(longestStall([]), 0);
  assert.equal(longestStall([stall(0, 1000, 12), stall(1, 1000, 14), stall(0, 1030, 10), stall(0, 1060, 9)]), 31);
  assert.equal(longestStall([stall(0, 1000, 12), stall(0, 2000, 14)]), 14);
});

test("a stall just before a measurement disturbs it, since sound is under way; an earlier one does not", () => {
  const lines = ['{"event":"watching","processors":2}', ...[stall(0, 700, 12), stall(0, 900, 34), stall(1, 5000, 25)].map((one) => JSON.stringify(one))];
  assert.deepEqual(disturbing(lines, 1000), [stall(0, 900, 34), stall(1, 5000, 25)]);
  assert.deepEqual(disturbing(lines, 6000), []);
});

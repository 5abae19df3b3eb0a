import assert from "node:assert/strict";
import { test } from "node:test";
import { FingerTrack, Fling } from "../../web/page/fling.ts";

/** A finger that moves up by so many pixels every 10 ms. */
function track(steps: number[]): FingerTrack {
  const finger = new FingerTrack();
  let y = 500;
  steps.forEach((step, i) => finger.add((y -= step), i * 10));
  return finger;
}

test("the speed is that of the last tenth of a second", () => {
  assert.equal(track([0, 10, 10, 10]).speed(30), 1);
  assert.equal(track([0, -10, -10]).speed(20), -1);
  assert.equal(track([0, 90, 90, 90, ...Array<number>(11).fill(10)]).speed(140), 1, "not how it began");
  assert.equal(track([0, 10, 10]).speed(200), 0, "it has rested");
  assert.equal(track([0]).speed(0), 0);
});

test("a list that is let go slows down, stops, and comes as far however often it is drawn", () => {
  const run = (frameMs: number): { way: number; ms: number } => {
    const fling = new Fling(2, 0);
    let way = 0;
    let ms = 0;
    let last = Infinity;
    while (!fling.over) {
      const step = fling.step((ms += frameMs));
      assert.ok(step <= last + 1, `${step} after ${last}`);
      way += last = step;
    }
    return { way, ms };
  };
  const often = run(8);
  const seldom = run(33);
  assert.ok(Math.abs(often.way - 643) <= 4, `${often.way} px of v·τ·(1 − 1 %)`);
  assert.ok(Math.abs(often.way - seldom.way) <= 8, `${often.way} and ${seldom.way} px`);
  assert.ok(often.ms < 1600, `${often.ms} ms`);
});

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Frames, patientMs } from "../../web/page/frame.ts";
import { Input, restMs } from "../../web/page/input.ts";
import type { FrameResult, Shell } from "../../web/page/shell.ts";

/** As much of a page as frames and input ask for. Time is the test's. */
const page = { now: 0, hidden: false, frames: [] as (() => void)[], window: new EventTarget(), document: new EventTarget() };
const element = Object.assign(new EventTarget(), { clientWidth: 800, clientHeight: 600 });
Object.assign(page.document, { documentElement: element });
Object.defineProperty(page.document, "hidden", { get: () => page.hidden });
Object.defineProperty(globalThis, "navigator", { value: { platform: "" } });
Object.assign(globalThis, {
  document: page.document,
  addEventListener: page.window.addEventListener.bind(page.window),
  devicePixelRatio: 1,
  matchMedia: () => new EventTarget(),
  ResizeObserver: class {
    observe(): void {}
  },
  requestAnimationFrame: (draw: () => void) => page.frames.push(draw),
  cancelAnimationFrame: () => (page.frames = []),
});
mock.method(performance, "now", () => page.now);
mock.timers.enable({ apis: ["setTimeout", "Date"] });

function pass(ms: number): void {
  page.now += ms;
  mock.timers.tick(ms);
}
/** What the screen shows next. @returns whether it has been drawn. */
function screen(): boolean {
  const [draw] = page.frames.splice(0);
  draw?.();
  return draw !== undefined;
}

let frames: Frames;

beforeEach(() => {
  page.hidden = false;
  page.frames = [];
  page.window = new EventTarget();
  Object.assign(globalThis, { addEventListener: page.window.addEventListener.bind(page.window) });
  const shell = { frame: (): FrameResult => ({ presented: true, semantics: false, outbox: false }), nextWake: () => undefined, resize: () => undefined, pointer: () => undefined } as unknown as Shell;
  frames = new Frames({ shell, canvas: {} as HTMLCanvasElement, moving: () => false, resting: () => input.resting, before: () => undefined, drawn: () => undefined });
  const input = new Input({
    shell,
    frames,
    mirror: () => {
      throw new Error("nobody asks for it here");
    },
  });
  frames.flush();
});

test("while somebody uses the window what can wait is drawn at once", () => {
  pass(restMs - 1);
  frames.requestPatiently();
  assert.equal(screen(), true);
});

test("in a window that rests what can wait shares a frame with what comes within seconds, and is then drawn", () => {
  pass(restMs);
  frames.requestPatiently();
  pass(patientMs - 1);
  frames.requestPatiently();
  assert.equal(screen(), false);
  pass(1);
  assert.equal(screen(), true);
  pass(10 * patientMs);
  assert.equal(screen(), false, "one frame for both");
});

test("what cannot wait takes along what could", () => {
  pass(restMs);
  frames.requestPatiently();
  frames.request();
  assert.equal(screen(), true);
  pass(10 * patientMs);
  assert.equal(screen(), false);
});

for (const touch of ["pointermove", "click", "input", "focus"])
  test(`a ${touch} shows at once what has waited, and the window is used again`, () => {
    pass(restMs);
    frames.requestPatiently();
    page.window.dispatchEvent(Object.assign(new Event(touch), { pointerType: "mouse", clientX: 1, clientY: 1 }));
    assert.equal(screen(), true);
    pass(restMs - 1);
    frames.requestPatiently();
    assert.equal(screen(), true);
  });

test("a hidden page draws nothing and has no timer, and shows what has changed when it is seen again", () => {
  pass(restMs);
  page.hidden = true;
  const timers = mock.method(globalThis, "setTimeout");
  frames.request();
  frames.requestCalmly(250);
  frames.requestPatiently();
  assert.equal(timers.mock.callCount(), 0);
  timers.mock.restore();
  assert.equal(screen(), false);
  page.hidden = false;
  page.document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(screen(), true);
});

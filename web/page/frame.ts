import type { FrameResult, Shell } from "./shell.ts";

interface Hooks {
  shell: Shell;
  canvas: HTMLCanvasElement;
  /** A list moves under wheel or finger, and the processor draws it. */
  moving(): boolean;
  /** Nobody has used the window for a while. */
  resting(): boolean;
  /** About to draw. */
  before(): void;
  drawn(result: FrameResult): void;
}

/**
 * What moves by itself is drawn together, so often: levels. A frame costs a browser without a GPU five milliseconds before anything is drawn
 * in it; see tests/bench/client/README.md.
 */
export const calmMs = 250;
/** What is told once a second is drawn when the clock's second is over, with the seconds of a call: quality, graphs. */
export const secondMs = 1000;

/** So late at most is drawn what can wait: the status changes of a company share frames then. */
export const patientMs = 4000;

/**
 * From one frame of a list that the processor moves to when the next one is asked for: it is drawn with every second frame of a screen of 60 Hz.
 * Every one would be half of a core, and what carries a virtual desktop to people shows 30 a second.
 */
export const movingMs = 25;

/** Draws when something has changed, and never while the page is hidden: an idle page costs nothing. */
export class Frames {
  #hooks: Hooks;
  #asked = 0;
  #begun = false;
  #fitted = 0;
  #drawnAt = -Infinity;
  #pace: ReturnType<typeof setTimeout> | undefined;
  #wake: ReturnType<typeof setTimeout> | undefined;
  #calm: ReturnType<typeof setTimeout> | undefined;
  /** When #calm comes, by the clock. */
  #calmAt = Infinity;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
    new ResizeObserver(() => this.#resized()).observe(document.documentElement);
    this.#watchScale();
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.request();
    });
    this.#fit();
  }

  /** Device pixels of a CSS pixel. */
  get scale(): number {
    return devicePixelRatio;
  }

  /** Something has changed: draw with the next frame of the screen. */
  request(): void {
    if (!this.#begun || document.hidden || this.#asked !== 0) return;
    const early = this.#hooks.moving() ? this.#drawnAt + movingMs - performance.now() : 0;
    // Not by requestAnimationFrame, which has the browser make a frame to ask in.
    if (early > 0) this.#pace ??= setTimeout(() => this.#ask(), early);
    else this.#ask();
  }

  /** Something moves by itself: draw with the others that do. @param everyMs  calmMs, secondMs */
  requestCalmly(everyMs: number): void {
    const now = Date.now();
    this.#requestAt(now - (now % everyMs) + everyMs, now);
  }

  /** Something has changed that can wait where nobody uses the window: draw with what else changes meanwhile. */
  requestPatiently(): void {
    if (!this.#hooks.resting()) return this.request();
    const now = Date.now();
    this.#requestAt(now + patientMs, now);
  }

  /** What was to be drawn later is to be seen now. */
  hurry(): void {
    if (this.#calmAt < Infinity) this.request();
  }

  #requestAt(at: number, now: number): void {
    if (document.hidden || this.#asked !== 0 || at >= this.#calmAt) return;
    clearTimeout(this.#calm);
    this.#calmAt = at;
    this.#calm = setTimeout(() => {
      this.#calmAt = Infinity;
      this.request();
    }, at - now);
  }

  /** Draw now; nothing is drawn before the first time. */
  flush(): void {
    this.#begun = true;
    cancelAnimationFrame(this.#asked);
    this.#draw();
  }

  /** The picture is on another canvas of the same size from now on. */
  drawOn(canvas: HTMLCanvasElement): void {
    this.#hooks.canvas = canvas;
    if (this.#begun) this.flush();
  }

  #ask(): void {
    this.#asked ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#asked = 0;
    this.#drawnAt = performance.now();
    clearTimeout(this.#pace);
    this.#pace = undefined;
    clearTimeout(this.#wake);
    clearTimeout(this.#calm);
    this.#calmAt = Infinity;
    const { shell } = this.#hooks;
    this.#hooks.before();
    this.#hooks.drawn(shell.frame(performance.now(), Date.now() / 1000));
    const after = shell.nextWake();
    if (after === undefined || document.hidden) return;
    this.#wake = setTimeout(() => this.request(), Math.min(Math.max(after, 0), 2 ** 31 - 1));
  }

  #resized(): void {
    // A resized canvas is empty until it is drawn.
    if (this.#fit() && this.#begun && !document.hidden) this.flush();
  }

  /** @returns whether anything differs: an observer also tells that it has begun. */
  #fit(): boolean {
    const { clientWidth, clientHeight } = document.documentElement;
    const [width, height] = [Math.max(1, Math.round(clientWidth * this.scale)), Math.max(1, Math.round(clientHeight * this.scale))];
    const { canvas, shell } = this.#hooks;
    if (canvas.width === width && canvas.height === height && this.#fitted === this.scale) return false;
    this.#fitted = this.scale;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    shell.resize(width, height, this.scale);
    return true;
  }

  #watchScale(): void {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => (this.#watchScale(), this.#resized()), { once: true });
  }
}

import type { FrameResult, Shell } from "./shell.ts";

interface Hooks {
  shell: Shell;
  canvas: HTMLCanvasElement;
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

/** Draws when something has changed, and never while the page is hidden: an idle page costs nothing. */
export class Frames {
  #hooks: Hooks;
  #asked = 0;
  #begun = false;
  #fitted = 0;
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
    if (this.#begun && !document.hidden) this.#asked ||= requestAnimationFrame(() => this.#draw());
  }

  /** Something moves by itself: draw with the others that do. @param everyMs  calmMs, secondMs */
  requestCalmly(everyMs: number): void {
    if (this.#asked !== 0) return;
    const now = Date.now();
    const at = now - (now % everyMs) + everyMs;
    if (at >= this.#calmAt) return;
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

  #draw(): void {
    this.#asked = 0;
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

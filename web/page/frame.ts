import type { FrameResult, Shell } from "./shell.ts";

interface Hooks {
  shell: Shell;
  canvas: HTMLCanvasElement;
  /** Seconds since 1970. */
  unixS(): number;
  /** About to draw. */
  before(): void;
  drawn(result: FrameResult): void;
}

/**
 * What moves by itself (levels, seconds, graphs) is drawn together, so often. A frame costs a browser without a GPU five milliseconds
 * before anything is drawn in it; see tests/bench/client/README.md.
 */
export const calmMs = 250;

/** Draws when something has changed, and never while the page is hidden: an idle page costs nothing. */
export class Frames {
  #hooks: Hooks;
  #asked = 0;
  #begun = false;
  #fitted = 0;
  #wake: ReturnType<typeof setTimeout> | undefined;
  #calm: ReturnType<typeof setTimeout> | undefined;

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

  /** Something moves by itself: draw with the others that do. */
  requestCalmly(): void {
    if (this.#asked === 0) this.#calm ??= setTimeout(() => this.request(), calmMs - (performance.now() % calmMs));
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
    this.#calm = undefined;
    const { shell } = this.#hooks;
    this.#hooks.before();
    this.#hooks.drawn(shell.frame(performance.now(), this.#hooks.unixS()));
    const after = shell.nextWake();
    if (after === undefined || document.hidden) return;
    const then = after < calmMs ? () => this.request() : () => this.requestCalmly();
    this.#wake = setTimeout(then, Math.min(Math.max(after, 0), 2 ** 31 - 1));
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

import type { EventMessage, IntentDone } from "#client";
import type { CoreModule } from "../client/core.ts";

/** What wasm/ exports for the interface, beside the core: shell/app.hpp behind C functions. Strings go in as pointer and bytes, UTF-8. */
export interface PageModule extends CoreModule {
  /** Where it draws; none under node. */
  canvas?: HTMLCanvasElement;
  _shell_create(client: number, renderer: number): number;
  _shell_destroy(shell: number): void;
  _shell_draw_on_processor(shell: number): void;
  _shell_resize(shell: number, width: number, height: number, scale: number): void;
  _shell_locale(shell: number, language: number, table: number, bytes: number, utcOffsetS: number): void;
  _shell_preferences(shell: number, theme: number, textScale: number, lessMotion: number): void;
  _shell_facts(shell: number, json: number, bytes: number): void;
  _shell_click(shell: number, node: number): void;
  _shell_text(shell: number, node: number, text: number, bytes: number): void;
  _shell_value(shell: number, node: number, value: number): void;
  _shell_submit(shell: number, node: number): void;
  _shell_key(shell: number, chord: number, focus: number): void;
  _shell_pointer(shell: number, x: number, y: number, touch: number): void;
  _shell_press(shell: number, down: number): void;
  _shell_wheel(shell: number, pixels: number): void;
  _shell_focus(shell: number, node: number, visible: number): void;
  _shell_intent_done(shell: number, json: number, bytes: number): void;
  _shell_picture(shell: number, name: number, edge: number, rgba: number): void;
  _shell_frame(shell: number, nowMs: number, unixS: number): number;
  _shell_semantics(shell: number, changes: number): number;
  _shell_outbox(shell: number): number;
  _shell_next_wake(shell: number): number;
  _shell_focus_request(shell: number): number;
  _shell_stats(shell: number): number;
}

export type ThemeName = "light" | "dark" | "contrast";
export type Renderer = "cpu" | "gl";

/** What the interface wants done; see shell/outbox.hpp. */
export interface Outgoing {
  events: { intent: number; event: EventMessage }[];
  requests: { name: string; value: string }[];
}

/** What a frame has brought. */
export interface FrameResult {
  presented: boolean;
  semantics: boolean;
  outbox: boolean;
}

const themes: readonly ThemeName[] = ["light", "dark", "contrast"];

/** The interface in the module: what happened goes in, a frame draws the canvas, semantics and wishes come out. */
export class Shell {
  #module: PageModule;
  #shell: number;
  #renderer: Renderer;

  /** @param client  Core.handle. */
  constructor(module: PageModule, client: number, renderer: Renderer) {
    this.#module = module;
    this.#renderer = renderer;
    this.#shell = module._shell_create(client, renderer === "gl" ? 1 : 0);
  }

  /** What is drawn from now on comes from the processor. @param canvas  that has never had another context. */
  drawOnProcessor(canvas: HTMLCanvasElement): void {
    this.#renderer = "cpu";
    this.#module.canvas = canvas;
    this.#module._shell_draw_on_processor(this.#shell);
  }
  /** WebGL2 was not wished for, or its context was lost. */
  get onProcessor(): boolean {
    return this.#renderer === "cpu";
  }
  /** @param scale  device pixels of a CSS pixel; width and height are device pixels. */
  resize(width: number, height: number, scale: number): void {
    this.#module._shell_resize(this.#shell, width, height, scale);
  }
  locale(language: string, table: string, utcOffsetS: number): void {
    this.#withText(language, (name) => this.#withText(table, (text, bytes) => this.#module._shell_locale(this.#shell, name, text, bytes, utcOffsetS)));
  }
  preferences(theme: ThemeName, textScale: number, lessMotion: boolean): void {
    this.#module._shell_preferences(this.#shell, themes.indexOf(theme), textScale, lessMotion ? 1 : 0);
  }
  facts(json: string): void {
    this.#withText(json, (text, bytes) => this.#module._shell_facts(this.#shell, text, bytes));
  }
  click(node: number): void {
    this.#module._shell_click(this.#shell, node);
  }
  text(node: number, value: string): void {
    this.#withText(value, (text, bytes) => this.#module._shell_text(this.#shell, node, text, bytes));
  }
  value(node: number, value: number): void {
    this.#module._shell_value(this.#shell, node, value);
  }
  submit(node: number): void {
    this.#module._shell_submit(this.#shell, node);
  }
  /** @param chord  "Ctrl+K", "F8". @param focus  element that has the focus; 0: none. */
  key(chord: string, focus: number): void {
    this.#withText(chord, (text) => this.#module._shell_key(this.#shell, text, focus));
  }
  /** Device pixels; −1, −1: outside. */
  pointer(x: number, y: number, touch: boolean): void {
    this.#module._shell_pointer(this.#shell, x, y, touch ? 1 : 0);
  }
  /** The pointer's button goes down or up. */
  press(down: boolean): void {
    this.#module._shell_press(this.#shell, down ? 1 : 0);
  }
  /** @param pixels  device pixels, down. */
  wheel(pixels: number): void {
    this.#module._shell_wheel(this.#shell, pixels);
  }
  focus(node: number, visible: boolean): void {
    this.#module._shell_focus(this.#shell, node, visible ? 1 : 0);
  }
  intentDone(done: IntentDone): void {
    this.#withText(JSON.stringify(done), (text, bytes) => this.#module._shell_intent_done(this.#shell, text, bytes));
  }
  /** A picture that show_picture asked for. @param rgba  edge × edge pixels. */
  picture(name: string, edge: number, rgba: Uint8ClampedArray): void {
    const pointer = this.#module._malloc(rgba.length);
    try {
      this.#module.HEAPU8.set(rgba, pointer);
      this.#withText(name, (text) => this.#module._shell_picture(this.#shell, text, edge, pointer));
    } finally {
      this.#module._free(pointer);
    }
  }
  frame(nowMs: number, unixS: number): FrameResult {
    const flags = this.#module._shell_frame(this.#shell, nowMs, unixS);
    return { presented: (flags & 1) !== 0, semantics: (flags & 2) !== 0, outbox: (flags & 4) !== 0 };
  }
  /** JSON of shell/semantics.hpp: who is the same since the last time is an id alone. */
  semantics(): string {
    return this.#module.UTF8ToString(this.#module._shell_semantics(this.#shell, 1));
  }
  outbox(): Outgoing {
    return JSON.parse(this.#module.UTF8ToString(this.#module._shell_outbox(this.#shell))) as Outgoing;
  }
  /** Milliseconds until a frame is wanted even if nothing happens; undefined: none is. */
  nextWake(): number | undefined {
    const after = this.#module._shell_next_wake(this.#shell);
    return after < 0 ? undefined : after;
  }
  /** Element that shall have the focus; 0: as it is. */
  focusRequest(): number {
    return this.#module._shell_focus_request(this.#shell) >>> 0;
  }
  stats(): unknown {
    return JSON.parse(this.#module.UTF8ToString(this.#module._shell_stats(this.#shell)));
  }

  #withText(text: string, use: (pointer: number, bytes: number) => void): void {
    const bytes = this.#module.lengthBytesUTF8(text);
    const pointer = this.#module._malloc(bytes + 1);
    try {
      this.#module.stringToUTF8(text, pointer, bytes + 1);
      use(pointer, bytes);
    } finally {
      this.#module._free(pointer);
    }
  }
}

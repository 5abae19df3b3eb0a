import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { PageModule } from "../../../web/page/shell.ts";
import type { FontFiles, Machine } from "./machine.ts";
import type { Picture } from "./png.ts";

/** What only the stage needs of the module. */
interface StageModule extends PageModule {
  _stage_create(client: number, regular: number, regularBytes: number, strong: number, strongBytes: number): number;
  _stage_add_font(shell: number, font: number, bytes: number, strong: number): number;
  _shell_facts(shell: number, json: number, bytes: number): number;
  _stage_pixels(shell: number): number;
  _stage_destroy(shell: number): void;
  HEAPU8: Uint8Array;
}

export function projectRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) if (existsSync(join(folder, "package.json"))) return folder;
  throw new Error("the project's folder was not found");
}

/** The page's module and the fonts in its memory; shared by all that plays on it. */
export class Theatre {
  readonly #fonts = new Map<string, [pointer: number, bytes: number]>();

  private constructor(readonly module: StageModule) {}

  static async open(): Promise<Theatre> {
    const file = join(projectRoot(), "build/wasm/sidetone_stage.mjs");
    if (!existsSync(file)) throw new Error("sidetone_stage.mjs is not built: ninja -C build/wasm");
    const { default: factory } = (await import(pathToFileURL(file).href)) as { default: (options: { wasmBinary: Uint8Array }) => Promise<StageModule> };
    return new Theatre(await factory({ wasmBinary: readFileSync(file.replace(/\.mjs$/, ".wasm")) }));
  }

  machine(fonts: FontFiles): ModuleMachine {
    return new ModuleMachine(this, fonts);
  }
  font(file: string): [pointer: number, bytes: number] {
    const there = this.#fonts.get(file) ?? this.place(readFileSync(file));
    this.#fonts.set(file, there);
    return there;
  }
  /** Memory of the module with these bytes and a zero behind them. */
  place(bytes: Uint8Array): [pointer: number, bytes: number] {
    const pointer = this.module._malloc(bytes.length + 1);
    this.module.HEAPU8.set(bytes, pointer);
    this.module.HEAPU8[pointer + bytes.length] = 0;
    return [pointer, bytes.length];
  }
}

/** One interface in the module. */
export class ModuleMachine implements Machine {
  readonly #theatre: Theatre;
  readonly #module: StageModule;
  readonly #client: number;
  readonly #shell: number;
  #size: [width: number, height: number] = [1, 1];

  constructor(theatre: Theatre, fonts: FontFiles) {
    this.#theatre = theatre;
    this.#module = theatre.module;
    this.#client = this.#module._sidetone_create();
    const [regular, strong] = [fonts.regular[0] as string, fonts.strong[0] as string];
    this.#shell = this.#module._stage_create(this.#client, ...theatre.font(regular), ...theatre.font(strong));
    if (this.#shell === 0) throw new Error(`${regular} or ${strong} is no font`);
    for (const [files, weight] of [[fonts.regular, 0] as const, [fonts.strong, 1] as const])
      for (const file of files.slice(1)) if (!this.#module._stage_add_font(this.#shell, ...theatre.font(file), weight)) throw new Error(`${file} is no font`);
  }

  resize(width: number, height: number, scale: number): void {
    this.#size = [width, height];
    this.#module._shell_resize(this.#shell, width, height, scale);
  }
  speak(language: string, table: string): void {
    this.#withText(language, (name) => this.#withText(table, (text, bytes) => this.#module._shell_locale(this.#shell, name, text, bytes, 0)));
  }
  prefer(theme: number, textScale: number): void {
    this.#module._shell_preferences(this.#shell, theme, textScale, 1);
  }
  facts(json: string): void {
    if (!this.#withText(json, (text, bytes) => this.#module._shell_facts(this.#shell, text, bytes))) throw new Error("the facts were not understood");
  }
  dispatch(event: string): string {
    return this.#withText(event, (text, bytes) => this.#module.UTF8ToString(this.#module._sidetone_dispatch(this.#client, text, bytes, 0)));
  }
  intentDone(json: string): void {
    this.#withText(json, (text, bytes) => this.#module._shell_intent_done(this.#shell, text, bytes));
  }
  click(node: number): void {
    this.#module._shell_click(this.#shell, node);
  }
  text(node: number, value: string): void {
    this.#withText(value, (text, bytes) => this.#module._shell_text(this.#shell, node, text, bytes));
  }
  submit(form: number): void {
    this.#module._shell_submit(this.#shell, form);
  }
  key(chord: string): void {
    this.#withText(chord, (text) => this.#module._shell_key(this.#shell, text, 0));
  }
  point(x: number, y: number): void {
    this.#module._shell_pointer(this.#shell, x, y, 0);
  }
  frame(nowMs: number, unixS: number): number {
    return this.#module._shell_frame(this.#shell, nowMs, unixS);
  }
  semantics(): string {
    return this.#module.UTF8ToString(this.#module._shell_semantics(this.#shell, 0));
  }
  outbox(): string {
    return this.#module.UTF8ToString(this.#module._shell_outbox(this.#shell));
  }
  close(): void {
    this.#module._stage_destroy(this.#shell);
    this.#module._sidetone_destroy(this.#client);
  }

  picture(): Picture {
    const [width, height] = this.#size;
    const pixels = this.#module._stage_pixels(this.#shell);
    return { width, height, pixels: new Uint8Array(this.#module.HEAPU8.slice(pixels, pixels + width * height * 4)) };
  }

  #withText<T>(text: string, use: (pointer: number, bytes: number) => T): T {
    const [pointer, bytes] = this.#theatre.place(new TextEncoder().encode(text));
    try {
      return use(pointer, bytes);
    } finally {
      this.#module._free(pointer);
    }
  }
}

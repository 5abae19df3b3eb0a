import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CommandMessage, EventMessage } from "#client";
import type { ServiceToClientMessage } from "#protocol";
import type { Facts } from "../../../web/page/facts.ts";
import { type NodeRow, readNode, type Role, type SemanticNode } from "../../../web/page/semantics.ts";
import type { Outgoing, PageModule, ThemeName } from "../../../web/page/shell.ts";
import { Company } from "./company.ts";
import type { Picture } from "./png.ts";

/** What only the stage needs of the module. */
interface StageModule extends PageModule {
  _shell_create_with_fonts(client: number, regular: number, regularBytes: number, strong: number, strongBytes: number): number;
  _shell_add_font(shell: number, font: number, bytes: number, strong: number): number;
  _shell_facts(shell: number, json: number, bytes: number): number;
  _shell_pixels(shell: number): number;
  HEAPU8: Uint8Array;
}

/** Files of fonts; the first of each weight are looked in first. */
export interface FontFiles {
  regular: string[];
  strong: string[];
}
/** What every machine that builds the project has, one version of it: the pictures are the same everywhere. */
export const dejaVu: FontFiles = {
  regular: ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"],
  strong: ["/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"],
};

export interface Look {
  /** CSS pixels. */
  width: number;
  height: number;
  /** Device pixels of a CSS pixel. */
  ratio: number;
  theme: ThemeName;
  language?: string;
  textScale?: number;
}

export function projectRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) if (existsSync(join(folder, "package.json"))) return folder;
  throw new Error("the project's folder was not found");
}

/** The module and the fonts in its memory; shared by all stages. */
export class Theatre {
  readonly #fonts = new Map<string, [pointer: number, bytes: number]>();

  private constructor(readonly module: StageModule) {}

  static async open(): Promise<Theatre> {
    const file = join(projectRoot(), "build/wasm/sidetone_page.mjs");
    if (!existsSync(file)) throw new Error("sidetone_page.mjs is not built: ninja -C build/wasm");
    const { default: factory } = (await import(pathToFileURL(file).href)) as { default: (options: { wasmBinary: Uint8Array }) => Promise<StageModule> };
    return new Theatre(await factory({ wasmBinary: readFileSync(file.replace(/\.mjs$/, ".wasm")) }));
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

const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t");

type Words = Record<string, string | Record<string, string>>;

function readWords(language: string): Words {
  return JSON.parse(readFileSync(join(projectRoot(), `web/locale/${language}.json`), "utf8")) as Words;
}

/** A language's words as Locale::load() takes them. */
function localeTable(words: Words): string {
  return Object.entries(words)
    .flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : Object.entries(text).map(([category, form]) => [`${key}#${category}`, form])))
    .map(([key, text]) => `${key}\t${escaped(text as string)}\n`)
    .join("");
}

const themes: readonly ThemeName[] = ["light", "dark", "contrast"];
const eventMs = 5;
const frameMs = 16;

/** One person's page without a browser: the interface, the core behind it, a service in memory, and a clock that stands still. */
export class Stage {
  /** Friday 27 November 2026, 10:46 UTC. */
  unixS = 1_795_862_760;
  readonly service: Company;
  readonly facts: Facts = {
    calls: [],
    devices: [
      { id: "m1", label: "Headset H65", input: true },
      { id: "m2", label: "Built-in microphone", input: true },
      { id: "s1", label: "Headset H65", input: false },
      { id: "s2", label: "Speakers", input: false },
    ],
    microphone: "m1",
    speaker: "s1",
    ring_device: "s2",
    microphone_level: 0,
    testing_microphone: false,
    notifications: "granted",
    owns_telephone: true,
    network: true,
    storage_lost: false,
    theme: "system",
    language: "en",
    service: "phone.example.com",
    version: "0.1.0",
  };
  readonly #theatre: Theatre;
  readonly #module: StageModule;
  readonly #look: Look;
  readonly #words: Words;
  readonly #client: number;
  readonly #shell: number;
  #nowMs = 1000;
  #socket = 0;
  #sequence = 0;
  #online = false;
  #random = 0;
  /** Commands about voice of which a scene wants to know. */
  readonly commands: CommandMessage[] = [];

  constructor(theatre: Theatre, fonts: FontFiles, look: Look) {
    this.#theatre = theatre;
    this.#module = theatre.module;
    this.#look = look;
    this.service = new Company(this.unixS);
    this.#client = this.#module._sidetone_create();
    const [regular, strong] = [fonts.regular[0] as string, fonts.strong[0] as string];
    this.#shell = this.#module._shell_create_with_fonts(this.#client, ...theatre.font(regular), ...theatre.font(strong));
    if (this.#shell === 0) throw new Error(`${regular} or ${strong} is no font`);
    for (const [files, weight] of [[fonts.regular, 0] as const, [fonts.strong, 1] as const])
      for (const file of files.slice(1)) if (!this.#module._shell_add_font(this.#shell, ...theatre.font(file), weight)) throw new Error(`${file} is no font`);
    this.#module._shell_resize(this.#shell, Math.round(look.width * look.ratio), Math.round(look.height * look.ratio), look.ratio);
    const language = look.language ?? "en";
    this.#words = readWords(language);
    this.facts.language = language;
    this.#withText(language, (name) => this.#withText(localeTable(this.#words), (table, bytes) => this.#module._shell_locale(this.#shell, name, table, bytes, 0)));
    this.#module._shell_preferences(this.#shell, themes.indexOf(look.theme), look.textScale ?? 1, 1);
    this.dispatch({ t: "start", url: "wss://phone.example.com/client", device_name: "Firefox on TC-0417", device_key: "", browser_voice: true });
  }
  close(): void {
    this.#module._shell_destroy(this.#shell);
    this.#module._sidetone_destroy(this.#client);
  }

  get phone(): boolean {
    return this.#look.width < 720;
  }

  // --- what happens to the client ---

  dispatch(event: EventMessage, intent?: number): void {
    this.#nowMs += eventMs;
    const random = `scene${String(++this.#random).padStart(17, "0")}`;
    const commands = this.#withText(JSON.stringify({ ...event, now_ms: this.#nowMs, unix_s: this.unixS, random, intent }), (text, bytes) =>
      this.#module.UTF8ToString(this.#module._sidetone_dispatch(this.#client, text, bytes, 0)),
    );
    for (const command of JSON.parse(commands) as CommandMessage[]) this.#carryOut(command);
  }
  /** A message of the service. @param request  that it answers */
  say(message: ServiceToClientMessage, request?: number): void {
    const sequence = this.#online ? ++this.#sequence : undefined;
    if (message.t === "signed_in") this.#online = true;
    this.dispatch({ t: "socket_text", socket: this.#socket, text: JSON.stringify({ ...message, r: request, s: sequence }) });
  }
  loseService(): void {
    this.service.reachable = false;
    this.#online = false;
    this.dispatch({ t: "socket_closed", socket: this.#socket, code: 1006, reason: "the connection was lost" });
  }

  #carryOut(command: CommandMessage): void {
    switch (command.t) {
      case "open_socket":
        this.#socket = command.socket;
        this.#sequence = 0;
        if (this.service.reachable) this.dispatch({ t: "socket_opened", socket: command.socket });
        return;
      case "send_frame": {
        const request = JSON.parse(command.text) as Parameters<Company["answer"]>[0];
        for (const answer of this.service.answer(request)) this.say(answer.message, answer.unasked ? undefined : request.r);
        return;
      }
      case "intent_done":
        this.#withText(JSON.stringify(command), (text, bytes) => this.#module._shell_intent_done(this.#shell, text, bytes));
        return;
      case "peer_offer":
        return this.dispatch({ t: "peer_description", call: command.call, kind: "offer", sdp: "v=0" });
      case "peer_answer":
        return this.dispatch({ t: "peer_description", call: command.call, kind: "answer", sdp: "v=0" });
      default:
        this.commands.push(command);
    }
  }

  // --- the person ---

  /** What the interface says in its language. */
  word(key: string, places: Record<string, string> = {}): string {
    const text = this.#words[key];
    if (typeof text !== "string") throw new Error(`'${key}' is no word`);
    return text.replace(/\{(\w+)\}/g, (_, name: string) => places[name] ?? "");
  }

  signIn(): void {
    this.dispatch({ t: "sign_in", user: "jonas", password: this.service.password });
    this.settle();
  }
  /** The one element of this role and name. */
  find(role: Role, name: string): SemanticNode {
    const node = this.look(role, name);
    if (node) return node;
    const others = this.nodes().filter((one) => one.role === role);
    throw new Error(`no ${role} '${name}', only ${others.map(({ label }) => `'${label}'`).join(", ")}`);
  }
  look(role: Role, name: string): SemanticNode | undefined {
    return this.nodes().find((node) => node.role === role && node.label === name);
  }
  nodes(): SemanticNode[] {
    const rows = JSON.parse(this.#module.UTF8ToString(this.#module._shell_semantics(this.#shell))) as NodeRow[];
    return rows.map((row) => readNode(row));
  }
  click(role: Role, name: string): void {
    this.#module._shell_click(this.#shell, this.find(role, name).id);
    this.settle();
  }
  /** The field does not have the focus afterwards: it would leave its text to the page's element. */
  type(field: string, text: string): void {
    const { id } = this.find("text_field", field);
    this.#withText(text, (pointer, bytes) => this.#module._shell_text(this.#shell, id, pointer, bytes));
    this.settle();
  }
  submit(form: string): void {
    this.#module._shell_submit(this.#shell, this.find("form", form).id);
    this.settle();
  }
  key(chord: string): void {
    this.#withText(chord, (text) => this.#module._shell_key(this.#shell, text, 0));
    this.settle();
  }
  /** The pointer rests on the middle of an element. */
  point(role: Role, name: string): void {
    const { rect } = this.find(role, name);
    this.#module._shell_pointer(this.#shell, (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2, 0);
    this.settle();
  }

  /** Draws until nothing changes any more; what the interface wants of the core is done on the way. */
  settle(): void {
    this.#withText(JSON.stringify(this.facts), (text, bytes) => {
      if (!this.#module._shell_facts(this.#shell, text, bytes)) throw new Error("the facts were not understood");
    });
    for (let i = 0; i < 40; ++i) {
      const happened = this.#module._shell_frame(this.#shell, (this.#nowMs += frameMs), this.unixS);
      const out = JSON.parse(this.#module.UTF8ToString(this.#module._shell_outbox(this.#shell))) as Outgoing;
      for (const { intent, event } of out.events) this.dispatch(event, intent);
      if (happened === 0 && i > 1) return;
    }
    throw new Error("the interface does not come to rest");
  }
  /** Time goes by. */
  wait(ms: number): void {
    this.#nowMs += ms;
    this.settle();
  }

  picture(): Picture {
    const [width, height] = [Math.round(this.#look.width * this.#look.ratio), Math.round(this.#look.height * this.#look.ratio)];
    return { width, height, pixels: new Uint8Array(this.#module.HEAPU8.slice(this.#module._shell_pixels(this.#shell), this.#module._shell_pixels(this.#shell) + width * height * 4)) };
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

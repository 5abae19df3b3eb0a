import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandMessage, EventMessage } from "#client";
import type { ServiceToClientMessage } from "#protocol";
import type { Facts } from "../../../web/page/facts.ts";
import { type NodeRow, readNode, type Role, type SemanticNode } from "../../../web/page/semantics.ts";
import type { Outgoing, ThemeName } from "../../../web/page/shell.ts";
import { Company } from "./company.ts";
import type { Machine } from "./machine.ts";
import { projectRoot } from "./theatre.ts";

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
    speaker_volume: 70,
    ring_device: "s2",
    ring_volume: 100,
    ring_pitch: 100,
    ring_flash: false,
    auto_answer: false,
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
  readonly #machine: Machine;
  readonly #look: Look;
  #words: Words = {};
  #nowMs = 1000;
  #socket = 0;
  #sequence = 0;
  #online = false;
  #random = 0;
  /** Commands about voice of which a scene wants to know. */
  readonly commands: CommandMessage[] = [];

  /** @param machine  a fresh one; belongs to the stage. */
  constructor(machine: Machine, look: Look) {
    this.#machine = machine;
    this.#look = { ...look };
    this.service = new Company(this.unixS);
    this.resize(look.width, look.height);
    this.#speak(look.language ?? "en");
    this.#prefer();
    this.dispatch({ t: "start", url: "wss://phone.example.com/client", device_name: "Firefox on TC-0417", device_key: "", browser_voice: true });
  }
  close(): void {
    this.#machine.close();
  }
  /** CSS pixels. */
  resize(width: number, height: number): void {
    const { ratio } = Object.assign(this.#look, { width, height });
    this.#machine.resize(Math.round(width * ratio), Math.round(height * ratio), ratio);
  }

  #speak(language: string): void {
    this.#words = readWords(language);
    this.facts.language = language;
    this.#machine.speak(language, localeTable(this.#words));
  }
  #prefer(): void {
    this.#machine.prefer(themes.indexOf(this.#look.theme), this.#look.textScale ?? 1);
  }

  get phone(): boolean {
    return this.#look.width < 720;
  }

  // --- what happens to the client ---

  dispatch(event: EventMessage, intent?: number): void {
    this.#nowMs += eventMs;
    const random = `scene${String(++this.#random).padStart(17, "0")}`;
    const commands = this.#machine.dispatch(JSON.stringify({ ...event, now_ms: this.#nowMs, unix_s: this.unixS, random, intent }));
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
        this.#machine.intentDone(JSON.stringify(command));
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
    const rows = JSON.parse(this.#machine.semantics()) as NodeRow[];
    return rows.map((row) => readNode(row));
  }
  click(role: Role, name: string): void {
    this.#machine.click(this.find(role, name).id);
    this.settle();
  }
  /** The field does not have the focus afterwards: it would leave its text to the page's element. */
  type(field: string, text: string): void {
    this.#machine.text(this.find("text_field", field).id, text);
    this.settle();
  }
  submit(form: string): void {
    this.#machine.submit(this.find("form", form).id);
    this.settle();
  }
  key(chord: string): void {
    this.#machine.key(chord);
    this.settle();
  }
  /** The pointer rests on the middle of an element. */
  point(role: Role, name: string): void {
    const { rect } = this.find(role, name);
    this.#machine.point((rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2);
    this.settle();
  }

  /** Draws until nothing changes any more; what the interface wants of the core is done on the way. */
  settle(): void {
    this.#machine.facts(JSON.stringify(this.facts));
    for (let i = 0; i < 40; ++i) {
      const happened = this.#machine.frame((this.#nowMs += frameMs), this.unixS);
      this.#carryOutWishes();
      if (happened === 0 && i > 1) return;
    }
    throw new Error("the interface does not come to rest");
  }
  /** What the interface wants of the core; what it wants of a page is left. */
  #carryOutWishes(): Outgoing["requests"] {
    const out = JSON.parse(this.#machine.outbox()) as Outgoing;
    for (const { intent, event } of out.events) this.dispatch(event, intent);
    return out.requests;
  }
  /** Time goes by. */
  wait(ms: number): void {
    this.#nowMs += ms;
    this.settle();
  }

  /** The clocks when somebody else has let time go by, and what the interface has wanted in it. */
  resume(nowMs: number, unixS: number): Outgoing["requests"] {
    this.#nowMs = nowMs;
    this.unixS = unixS;
    return this.#carryOutWishes();
  }
  /** What a page does when the person has chosen another look. */
  choose(look: Partial<Pick<Look, "theme" | "language" | "textScale">>): void {
    Object.assign(this.#look, look);
    if (look.language !== undefined) this.#speak(look.language);
    this.#prefer();
    this.#machine.facts(JSON.stringify(this.facts));
  }
  get nowMs(): number {
    return this.#nowMs;
  }
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FontFiles, Machine } from "./machine.ts";

/** window/requests.hpp. */
interface Answer {
  error?: string;
  text?: string;
  number?: number;
  closed?: boolean;
}

/** The window has ended without being asked to; what it has said stands on standard error. */
export class WindowEnded extends Error {
  constructor() {
    super("the window has ended");
  }
}

const readBytes = 1 << 16;

/**
 * The interface in a native window (window/), another process. A stage wants its answers at once: requests and answers go through
 * named pipes, which node reads without its event loop. Nothing else happens in this process while the window is waited for.
 */
export class WindowMachine implements Machine {
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  readonly #requests: number;
  readonly #answers: number;
  readonly #buffer = Buffer.alloc(readBytes);
  #rest = "";

  /** @param program  sidetone-window. */
  constructor(program: string, fonts: FontFiles) {
    const folder = mkdtempSync(join(tmpdir(), "sidetone-window-"));
    const [requests, answers] = [join(folder, "requests"), join(folder, "answers")];
    try {
      execFileSync("mkfifo", [requests, answers]);
      // Opened both ways, a pipe lets its single ends be opened without a partner.
      const held = [openSync(requests, "r+"), openSync(answers, "r+")];
      const [input, output] = [openSync(requests, "r"), openSync(answers, "w")];
      this.#requests = openSync(requests, "w");
      this.#answers = openSync(answers, "r");
      this.#child = spawn(program, { stdio: [input, output, "inherit"] });
      for (const end of [...held, input, output]) closeSync(end);
    } finally {
      rmSync(folder, { recursive: true });
    }
    this.ended = new Promise((resolve, reject) => this.#child.once("error", reject).once("exit", (code) => resolve(code ?? 1)));
    for (const [files, strong] of [[fonts.regular, false] as const, [fonts.strong, true] as const]) for (const path of files) this.#ask({ t: "add_font", path, strong });
  }

  resize(width: number, height: number, scale: number): void {
    this.#ask({ t: "resize", width, height, scale });
  }
  speak(language: string, table: string): void {
    this.#ask({ t: "speak", language, table });
  }
  prefer(theme: number, textScale: number): void {
    this.#ask({ t: "prefer", theme, text_scale: textScale });
  }
  facts(json: string): void {
    this.#ask({ t: "set_facts", json });
  }
  dispatch(event: string): string {
    return this.#ask({ t: "dispatch", event }).text ?? "";
  }
  intentDone(json: string): void {
    this.#ask({ t: "tell_done", json });
  }
  click(node: number): void {
    this.#ask({ t: "click", node });
  }
  text(node: number, text: string): void {
    this.#ask({ t: "set_text", node, text });
  }
  submit(node: number): void {
    this.#ask({ t: "submit", node });
  }
  key(chord: string): void {
    this.#ask({ t: "strike", chord });
  }
  point(x: number, y: number): void {
    this.#ask({ t: "point", x, y });
  }
  frame(nowMs: number, unixS: number): number {
    return this.#ask({ t: "draw", now_ms: nowMs, unix_s: unixS }).number ?? 0;
  }
  semantics(): string {
    return this.#ask({ t: "list_nodes" }).text ?? "";
  }
  outbox(): string {
    return this.#ask({ t: "take_outbox" }).text ?? "";
  }
  copy(text: string): void {
    this.#ask({ t: "copy", text });
  }
  /** Leave the window to the person from this time on, until the interface wants something. @returns the time then; undefined: the window was closed. */
  wait(nowMs: number, unixS: number): number | undefined {
    const { number, closed } = this.#ask({ t: "wait", now_ms: nowMs, unix_s: unixS });
    return closed === true ? undefined : number;
  }
  close(): void {
    closeSync(this.#requests);
    closeSync(this.#answers);
  }

  #ask(request: { t: string } & Record<string, unknown>): Answer {
    try {
      const line = Buffer.from(`${JSON.stringify(request)}\n`);
      for (let sent = 0; sent < line.length; ) sent += writeSync(this.#requests, line, sent);
    } catch {
      throw new WindowEnded();
    }
    const answer = JSON.parse(this.#line()) as Answer;
    if (answer.error !== undefined) throw new Error(`${request.t}: ${answer.error}`);
    return answer;
  }

  #line(): string {
    const parts = [this.#rest];
    while (!parts.at(-1)?.includes("\n")) {
      const bytes = readSync(this.#answers, this.#buffer, 0, readBytes, null);
      if (bytes === 0) throw new WindowEnded();
      parts.push(this.#buffer.toString("latin1", 0, bytes));
    }
    const all = parts.join("");
    const end = all.indexOf("\n");
    this.#rest = all.slice(end + 1);
    // Bytes until here: a character may have come in two pieces.
    return Buffer.from(all.slice(0, end), "latin1").toString();
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Readable, type Writable } from "node:stream";

/** How long anything may take that a test waits for: generous, because it only passes when the test fails. */
export const patienceMs = 30_000;

export interface ProgramOptions {
  /** Short name for logs and messages. */
  name: string;
  command: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** Folder for `<name>.log`: standard error, and standard output line by line. */
  logs: string;
  /** Run as another user, in a network namespace, … : words in front of the command. */
  prefix?: readonly string[];
  /** Standard output is bytes, read by `bytes`, instead of lines. */
  binary?: boolean;
  /** A process group of its own, as a shell gives: signals go to all of it, as from a terminal. */
  group?: boolean;
  /** Sees every line of standard output first; true: it is dealt with, and neither kept nor waited for. */
  take?: (line: string) => boolean;
}

/**
 * Prefix of a program that does not wait for the others of the test: what would be another machine's, sound hardware. Priorities count within a session
 * only, and its own session is weighed before all others (sched(7), autogroup).
 */
export const beforeAllOthers: readonly string[] = ["setsid", "sh", "-c", 'echo -19 2>/dev/null >/proc/self/autogroup; exec "$0" "$@"'];

/**
 * Prefix of a program that stands for one of another machine, which has processors of its own: a telephone, a server of somebody else's. It comes behind
 * the sound and the hosts' packets alone. Needs CAP_SYS_NICE.
 */
export const ofAnotherMachine: readonly string[] = [...beforeAllOthers, "chrt", "--rr", "3"];

interface Waiter {
  found: (line: string) => boolean;
  failed: (reason: Error) => void;
}

const running = new Set<Program>();
process.on("exit", () => {
  for (const program of running) program.kill();
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));

/** A program that a test has started. It ends with the test, whatever happens to the test. */
export class Program {
  readonly name: string;
  readonly lines: string[] = [];
  readonly errorLines: string[] = [];
  readonly exited: Promise<number>;
  readonly logFile: string;
  private readonly child: ChildProcess;
  private readonly waiters = new Set<Waiter>();
  private exitCode: number | undefined;
  private ending = false;

  constructor(private readonly options: ProgramOptions) {
    this.name = options.name;
    mkdirSync(options.logs, { recursive: true });
    this.logFile = join(options.logs, `${options.name}.log`);
    const log = createWriteStream(this.logFile, { flags: "a" });
    // The kernel ends the program when this process dies without a word.
    const words = ["setpriv", "--pdeathsig", "KILL", ...(options.prefix ?? []), options.command, ...(options.args ?? [])];
    log.write(`$ ${words.slice(3).join(" ")}\n`);
    const [first = "", ...rest] = words;
    this.child = spawn(first, rest, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: options.group === true,
    });
    running.add(this);
    this.child.stdin?.on("error", () => undefined);
    const read = (stream: Readable | null, mark: string, into: string[], take: (line: string) => boolean): void => {
      if (stream === null) return;
      createInterface({ input: stream }).on("line", (line) => {
        log.write(`${mark}${line.length > 2000 ? `${line.slice(0, 2000)} …` : line}\n`);
        if (take(line)) return;
        into.push(line);
        for (const waiter of this.waiters) if (waiter.found(line)) this.waiters.delete(waiter);
      });
    };
    if (options.binary !== true) read(this.child.stdout, "", this.lines, options.take ?? (() => false));
    read(this.child.stderr, "! ", this.errorLines, () => false);
    this.exited = new Promise((resolve) => {
      const done = (code: number, why: string): void => {
        running.delete(this);
        this.exitCode = code;
        log.end(`$ ended: ${why}\n`);
        const reason = new Error(`${this.name} ended (${why}); ${this.tail()}`);
        for (const waiter of this.waiters) waiter.failed(reason);
        this.waiters.clear();
        resolve(code);
      };
      this.child.once("error", (error) => done(127, error.message));
      this.child.once("close", (code, signal) => done(code ?? 128, signal ?? `code ${code ?? "?"}`));
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} did not start`);
    return this.child.pid;
  }
  get alive(): boolean {
    return this.exitCode === undefined;
  }
  get input(): Writable {
    if (this.child.stdin === null) throw new Error(`${this.name} has no input`);
    return this.child.stdin;
  }
  /** Standard output of a `binary` program. */
  get bytes(): Readable {
    if (this.child.stdout === null) throw new Error(`${this.name} has no output`);
    return this.child.stdout;
  }

  /** The first line, past or to come, of standard output or error that fits. */
  line(pattern: RegExp, timeoutMs = patienceMs): Promise<RegExpMatchArray> {
    return this.waitFor((line) => line.match(pattern) ?? undefined, `a line like ${pattern}`, timeoutMs);
  }

  /** The first JSON object, past or to come, on a line of its own for which `fits` holds. */
  event<T extends object>(fits: (event: Partial<T>) => boolean, what: string, timeoutMs = patienceMs, skip = 0): Promise<T> {
    return this.waitFor(
      (line) => {
        if (!line.startsWith("{")) return undefined;
        try {
          const parsed = JSON.parse(line) as T;
          return fits(parsed) ? parsed : undefined;
        } catch {
          return undefined;
        }
      },
      what,
      timeoutMs,
      skip,
    );
  }

  private waitFor<T>(read: (line: string) => T | undefined, what: string, timeoutMs: number, skip = 0): Promise<T> {
    for (const line of [...this.lines.slice(skip), ...(skip === 0 ? this.errorLines : [])]) {
      const value = read(line);
      if (value !== undefined) return Promise.resolve(value);
    }
    if (!this.alive) return Promise.reject(new Error(`${this.name} has ended without ${what}; ${this.tail()}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(new Error(`${this.name} did not print ${what} within ${timeoutMs} ms; ${this.tail()}`));
      }, timeoutMs);
      const waiter: Waiter = {
        found: (line) => {
          const value = read(line);
          if (value === undefined) return false;
          clearTimeout(timer);
          resolve(value);
          return true;
        },
        failed: (reason) => {
          clearTimeout(timer);
          reject(reason);
        },
      };
      this.waiters.add(waiter);
    });
  }

  /** The end of the log, for messages. */
  private tail(): string {
    const last = [...this.errorLines.slice(-5), ...this.lines.slice(-3)].map((line) => line.slice(0, 300));
    return last.length === 0 ? `no output (${this.logFile})` : `it said:\n  ${last.join("\n  ")}\n  (${this.logFile})`;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.alive) return;
    if (this.options.group === true) process.kill(-this.pid, signal);
    else this.child.kill(signal);
  }

  /** As a power cut would. */
  kill(): void {
    this.signal("SIGKILL");
  }

  /** Ask it to end, insist after five seconds. @returns the exit code. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    if (!this.ending) {
      this.ending = true;
      this.signal(signal);
    }
    const timer = setTimeout(() => this.kill(), 5_000);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }
}

/** @throws for anybody but root. For what captures packets, makes network namespaces or becomes another user. */
export function needRoot(): void {
  if (process.getuid?.() !== 0) throw new Error("e2e needs root (captures, namespaces): sudo npm test -- e2e");
}

const endings: (() => void | Promise<void>)[] = [];

/** Have something undone by `endAll`: what a failed test leaves open would keep the test program alive. */
export function atEnd(undo: () => void | Promise<void>): void {
  endings.push(undo);
}

/** Undo everything and end every program that still runs, the youngest first. For `after`. */
export async function endAll(): Promise<void> {
  for (const undo of endings.splice(0).reverse()) await undo();
  await Promise.all([...running].reverse().map((program) => program.stop()));
}

/** Run a short command to its end. @throws with its standard error when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs ?? patienceMs,
      killSignal: "SIGKILL",
    });
    let out = "";
    let error = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (error += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${command} ${args.join(" ")}: ${error.trim() || `code ${code ?? "?"}`}`));
    });
  });
}

/** Poll something that has no event, every 20 ms, until it gives a value. */
export async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>, timeoutMs = patienceMs): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A promise that must settle in time. */
export async function within<T>(promise: Promise<T>, what: string, timeoutMs = patienceMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${what} did not happen within ${timeoutMs} ms`)), timeoutMs);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** CPU time of a process so far, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100; // utime and stime, proc(5) fields 14 and 15, in ticks of USER_HZ = 100
}

/** Resident memory of a process in megabytes of 1,000,000 bytes. */
export function residentMb(pid: number): number {
  const match = readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m);
  return match === null ? 0 : (Number(match[1]) * 1024) / 1e6; // the kernel's kB are 1024 bytes
}

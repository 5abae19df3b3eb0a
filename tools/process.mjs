// Running other programs: output kept, time bounded, nothing left behind.
import "./node_version.mjs";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

const running = new Set();
let ending;

/** Process groups that still have a process which is more than an entry in the kernel's table. */
function livingGroups() {
  const groups = new Set();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state !== "Z") groups.add(Number(group));
    } catch {
      // It has just ended.
    }
  }
  return groups;
}

/**
 * Ends every program that `run` has started and that still runs, with all its children: asks, and insists after `patienceMs`, so that tests
 * can remove what outlives a process. Whoever awaits `run` then waits for ever: nothing goes on after this.
 */
export function endAll(patienceMs = 5000) {
  ending ??= (async () => {
    const children = [...running];
    for (const child of children) signalGroup(child, "SIGTERM");
    for (const since = performance.now(); performance.now() - since < patienceMs;) {
      const alive = livingGroups();
      if (!children.some((child) => alive.has(child.pid))) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    killAll();
  })();
  return ending;
}

/** The same at once and without asking, for the very end. */
export function killAll() {
  for (const child of running) signalGroup(child, "SIGKILL");
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Words in front of a command whose processes are weighed so against those of other sessions, each of which counts as much as another otherwise, whatever
 * the policy and niceness within (sched(7), autogroup); `run` gives each command a session of its own. Being favoured needs CAP_SYS_NICE, and is not without.
 */
const weighed = (niceness, words) => ["sh", "-c", `echo ${niceness} 2>/dev/null >/proc/self/autogroup; exec ${words} "$0" "$@"`];

/** … of one that follows the clock: busy programs of others do not delay it. */
export const beforeAllOthers = weighed(-19, "");
/** … of one that takes what others leave of the processors. */
export const afterAllOthers = weighed(19, "chrt --idle 0");

/**
 * Runs one program to its end.
 * @param {string[]} command
 * @param {{ cwd?: string, env?: Record<string, string>, timeoutSeconds?: number, live?: NodeJS.WritableStream }} [options]
 *   live: pass the output on to this as it comes, beside keeping it.
 * @returns {Promise<{ ok: boolean, code: number | null, output: string }>}
 */
export function run(command, options = {}) {
  const { cwd = root, env = {}, timeoutSeconds = 1500, live } = options;
  if (ending) return new Promise(() => {});
  return new Promise((resolve) => {
    // A group of its own, so that a test that hangs is ended with everything that it started.
    const child = spawn(command[0], command.slice(1), { cwd, env: { ...process.env, ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    const parts = [];
    const keep = (chunk) => {
      parts.push(chunk);
      live?.write(chunk);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const timer = setTimeout(() => {
      parts.push(Buffer.from(`\n${command[0]}: not ended after ${timeoutSeconds} s\n`));
      signalGroup(child, "SIGKILL");
    }, timeoutSeconds * 1000);
    const finish = (code, note = "") => {
      clearTimeout(timer);
      if (ending) return;
      running.delete(child);
      resolve({ ok: code === 0, code, output: Buffer.concat(parts).toString() + note });
    };
    child.on("error", (error) => finish(null, `${command[0]}: ${error.message}\n`));
    child.on("close", (code, signal) => finish(code, signal ? `\n${command[0]}: ended by ${signal}\n` : ""));
  });
}

/** Runs `jobs` (functions that return promises), at most `width` at once; results in their order. */
export async function inParallel(jobs, width) {
  const results = new Array(jobs.length);
  let next = 0;
  const worker = async () => {
    while (next < jobs.length) {
      const index = next++;
      results[index] = await jobs[index]();
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, worker));
  return results;
}

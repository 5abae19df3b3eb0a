// Running other programs: output kept, time bounded, nothing left behind.
import { spawn } from "node:child_process";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

const running = new Set();

/** Ends every program that `run` has started and that still runs, with all its children. */
export function endAll(signal = "SIGTERM") {
  for (const child of running) signalGroup(child, signal);
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Runs one program to its end.
 * @param {string[]} command
 * @param {{ cwd?: string, env?: Record<string, string>, timeoutSeconds?: number, live?: boolean }} [options]
 *   live: pass the output on as it comes, beside keeping it.
 * @returns {Promise<{ ok: boolean, code: number | null, output: string }>}
 */
export function run(command, options = {}) {
  const { cwd = root, env = {}, timeoutSeconds = 1500, live = false } = options;
  return new Promise((resolve) => {
    // A group of its own, so that a test that hangs is ended with everything that it started.
    const child = spawn(command[0], command.slice(1), { cwd, env: { ...process.env, ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    const parts = [];
    const keep = (chunk) => {
      parts.push(chunk);
      if (live) process.stdout.write(chunk);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const timer = setTimeout(() => {
      parts.push(Buffer.from(`\n${command[0]}: not ended after ${timeoutSeconds} s\n`));
      signalGroup(child, "SIGKILL");
    }, timeoutSeconds * 1000);
    const finish = (code, note = "") => {
      clearTimeout(timer);
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

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAllOthers, beforeAllOthers, root, run } from "../../tools/process.mjs";

const folder = mkdtempSync(join(tmpdir(), "sidetone-process-"));
after(() => rmSync(folder, { recursive: true }));
const module = pathToFileURL(join(root, "tools/process.mjs"));

/** A program that runs `command` and prints what comes of it, and ends everything as tools/test.mjs does. */
function runner(command) {
  const script = `
    import { endAll, killAll, run } from ${JSON.stringify(module)};
    process.on("SIGTERM", () => void endAll().then(() => process.exit(130)));
    process.on("exit", killAll);
    await run(${JSON.stringify(command)}, { live: process.stdout });
    console.log("gone on");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const begun = new Promise((resolve) => child.stdout.on("data", () => output.includes("begun") && resolve()));
  return { child, begun, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, output }))) };
}

test("a program that is ended may tidy up, though whoever started it ends at once; nothing goes on after it", async () => {
  const tidied = join(folder, "tidied");
  const inner = `trap 'sleep 0.3; touch ${tidied}; exit' TERM; echo begun; while :; do sleep 0.05; done`;
  const { child, begun, ended } = runner(["bash", "-c", `trap 'exit' TERM; bash -c "${inner}" & wait`]);
  await begun;
  child.kill("SIGTERM");
  const { code, output } = await ended;
  assert.equal(code, 130);
  assert.ok(existsSync(tidied), "it was killed before it had tidied up");
  assert.doesNotMatch(output, /gone on/);
});

test("an older node is told in one sentence which it must be", async () => {
  const pretend = `Object.defineProperty(process.versions, "node", { value: "18.20.4" }); await import(${JSON.stringify(module)});`;
  const failure = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", pretend]).then(assert.fail, (error) => error);
  assert.equal(failure.code, 1);
  assert.match(failure.stderr, /^Sidetone needs node 20\.11 or newer [^\n]*\n$/);
});

test("what comes before or after all others does so beyond its own session", async () => {
  const told = async (prefix) => (await run([...prefix, "sh", "-c", "chrt --pid $$; cat /proc/self/autogroup 2>/dev/null || true"])).output;
  const [before, after] = [await told(beforeAllOthers), await told(afterAllOthers)];
  assert.match(before, /SCHED_OTHER/);
  assert.match(after, /SCHED_IDLE/);
  if (!existsSync("/proc/self/autogroup")) return;
  if (process.getuid() === 0) assert.match(before, /nice -19/);
  assert.match(after, /nice 19/);
});

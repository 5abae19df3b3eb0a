import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeRunFolder, root } from "../support/paths.ts";
import { endAll, Program, run, until, within } from "../support/processes.ts";

/** What a newcomer types: npm start, npm run call. */

const logs = makeRunFolder("start");
after(endAll);

const start = (name: string): Program =>
  new Program({ name, command: "npm", args: ["start", "--silent", "--", "--port", "0", "--data", join(logs, "data")], cwd: root, logs, group: true });

/** Processes whose command line names this test's data folder. */
function leftOver(): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return ""; // it has just ended
      }
    })
    .filter((line) => line.includes(join(logs, "data")));
}

test("npm start prints an address where a page says what runs, calls can be tried, and Ctrl-C ends everything", async () => {
  const first = start("npm-start");
  const [, address = ""] = await first.line(/(http:\/\/127\.0\.0\.1:\d+)/, 120_000);
  await first.line(/alice.*bob/);
  await first.line(/Ctrl-C/);
  const page = await fetch(address);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /npm run call/);
  const { status } = (await (await fetch(`${address}/health`)).json()) as { status?: string };
  assert.ok(status !== undefined && status.length > 0);

  const call = await run("npm", ["run", "--silent", "call", "--", "--service", address, "--from", "alice", "--to", "echo", "--seconds", "2"], {
    timeoutMs: 60_000,
  });
  assert.match(call, /ring|connect/i);
  assert.match(call, /level/i);
  assert.match(call, /path|host|udp/i);

  first.signal("SIGINT");
  await within(first.exited, "the end of npm start", 10_000);
  await until("the end of everything that it started", () => (leftOver().length === 0 ? true : undefined));
});

test("a second npm start is up in under five seconds, with the data of the first", async () => {
  const began = performance.now();
  const second = start("npm-start-again");
  await second.line(/(http:\/\/127\.0\.0\.1:\d+)/);
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds < 5, `${seconds.toFixed(1)} s`);
  second.signal("SIGINT");
  await within(second.exited, "the end of npm start", 10_000);
  await until("the end of everything that it started", () => (leftOver().length === 0 ? true : undefined));
});

test("npm start -- --help names the options", async () => {
  const help = await run("npm", ["start", "--silent", "--", "--help"]);
  for (const option of ["--port", "--data"]) assert.ok(help.includes(option), option);
});

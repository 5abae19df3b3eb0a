// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeRunFolder, root, webBuild } from "../support/paths.ts";
import { endAll, Program, run, until, within } from "../support/processes.ts";
import { Service } from "../support/service.ts";

/** What a newcomer types: npm start, npm run call. */

const logs = makeRunFolder("start");
after(endAll);

const data = join(logs, "data");
const addressFile = join(data, "service.json");

/** What `npm start` runs, without npm in between: nothing of it is left when it is ended. */
const start = (name: string, env: Record<string, string> = {}): Program =>
  new Program({ name, command: process.execPath, args: ["tools/start.mjs", "--port", "0", "--data", data], cwd: root, logs, group: true, env });

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
    .filter((line) => line.includes(logs));
}
const nothingLeft = (): Promise<true> => until("the end of everything that it started", () => (leftOver().length === 0 ? true : undefined));

test("package.json's scripts are what this tests", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
  assert.deepEqual([scripts["start"], scripts["call"]], ["node tools/start.mjs", "node tools/call.mjs"]);
});

test("npm start prints an address where the page is, calls can be tried, and Ctrl-C ends everything", async () => {
  const first = start("npm-start");
  const [, address = ""] = await first.line(/(http:\/\/127\.0\.0\.1:\d+)/, 120_000);
  await first.line(/alice.*bob/);
  const [, hint = ""] = await first.line(/npm run call -- (.*) --from alice --to echo/);
  assert.equal(hint, `--data ${data}`);
  await first.line(/Ctrl-C/);
  const page = await fetch(address);
  assert.equal(page.status, 200);
  const [, script = ""] = /<script type="module" src="(main-[0-9a-f]+\.js)">/.exec(await page.text()) ?? [];
  assert.equal((await fetch(`${address}/${script}`)).headers.get("cache-control"), "public, max-age=31536000, immutable");
  const { status } = (await (await fetch(`${address}/health`)).json()) as { status?: string };
  assert.ok(status !== undefined && status.length > 0);

  assert.deepEqual(JSON.parse(readFileSync(addressFile, "utf8")), { url: address });
  const call = await run("npm", ["run", "--silent", "call", "--", ...hint.split(" "), "--from", "alice", "--to", "echo", "--seconds", "2"], {
    timeoutMs: 60_000,
  });
  assert.match(call, /ring|connect/i);
  assert.match(call, /level/i);
  assert.match(call, /path|host|udp/i);

  first.signal("SIGINT");
  await within(first.exited, "the end of npm start", 10_000);
  await nothingLeft();
  assert.ok(!existsSync(addressFile), "npm run call would still look there");
});

test("a second npm start is up in under five seconds, with the data of the first", async () => {
  const began = performance.now();
  const second = start("npm-start-again");
  await second.line(/(http:\/\/127\.0\.0\.1:\d+)/);
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds < 5, `${seconds.toFixed(1)} s`);
  process.kill(second.pid, "SIGKILL");
  await within(second.exited, "the end of npm start", 10_000);
  await nothingLeft();
});

test("Ctrl-C while it builds ends the build", async () => {
  const bin = join(logs, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "ninja"), `#!/bin/sh\ntouch ${join(logs, "building")}\nsleep 60 & wait # ${logs}\n`);
  chmodSync(join(bin, "ninja"), 0o755);
  const third = start("npm-start-builds", { PATH: `${bin}:${process.env["PATH"] ?? ""}` });
  await until("the build", () => (existsSync(join(logs, "building")) ? true : undefined));
  process.kill(third.pid, "SIGINT");
  await within(third.exited, "the end of npm start", 10_000);
  await nothingLeft();
});

test("npm run call whose native host fails says what that has said", async () => {
  const service = await Service.start({ logs });
  const [web, host, ca] = [join(logs, "tree/build/web"), join(logs, "tree/build/native/native-host"), join(logs, "ca.pem")];
  cpSync(webBuild, web, { recursive: true });
  mkdirSync(host, { recursive: true });
  writeFileSync(ca, "");
  writeFileSync(join(host, "sidetone-host"), '#!/bin/sh\necho "no luck with $*" >&2\nexit 3\n');
  chmodSync(join(host, "sidetone-host"), 0o755);
  const args = ["--service", service.url, "--data", join(logs, "call-data"), "--ca", ca, "--from", "alice", "--to", "echo"];
  await assert.rejects(run(process.execPath, [join(web, "call.mjs"), ...args]), (error) => {
    assert.ok(error instanceof Error);
    assert.match(error.message, /the native host of alice has ended \(3\)\n {2}no luck with .* --ca \S+ca\.pem/);
    return true;
  });
  await service.program.stop();
});

test("npm start -- --help names the options", async () => {
  const help = await run("npm", ["start", "--silent", "--", "--help"]);
  for (const option of ["--port", "--data"]) assert.ok(help.includes(option), option);
});

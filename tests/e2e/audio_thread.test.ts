import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { makeRunFolder } from "../support/paths.ts";
import { endAll, Program } from "../support/processes.ts";
import { Service } from "../support/service.ts";

/** What the thread that the sound hangs on asks of the system during a call. */

const logs = makeRunFolder("audio-thread");
const seconds = 3;
let alice: Endpoint;
let bob: Endpoint;

before(async () => {
  const service = await Service.start({ logs });
  [alice, bob] = await Promise.all([makeEndpoint(service, "alice", logs), makeEndpoint(service, "bob", logs)]);
});
after(endAll);

function threadOf(pid: number, name: string): string {
  const found = readdirSync(`/proc/${pid}/task`).find((thread) => readFileSync(`/proc/${pid}/task/${thread}/comm`, "utf8").trim() === name);
  assert.ok(found !== undefined, `no thread ${name}`);
  return found;
}

/**
 * Waiting, the sound server's socket, the eventfds by which its rings and ours wake who reads them; and libpulse asks again and again whether it is still its own
 * process.
 */
const asksItsDevices =
  /^(ppoll|restart_syscall|getpid)\(|^(read|write)\(\d+<anon_inode:\[eventfd\]>|^(read|write|recv|send|recvmsg|sendmsg)\(\d+<UNIX-STREAM:/;

/** Its own pace while the devices stand still, as when the machine takes the sound server's processor away. */
const pacesItself = /^(timerfd_settime|read)\(\d+<anon_inode:\[timerfd\]>/;

/** What it asked of anybody but its devices; a timer counts unless they had called nobody until the wait was over. */
function strayCalls(calls: readonly string[]): string[] {
  let silent = false;
  return calls.filter((line) => {
    if (line.startsWith("ppoll(") && line.endsWith("= 0 (Timeout)")) silent = true;
    const paces = silent && pacesItself.test(line);
    if (line.startsWith("timerfd_settime(") && line.includes("it_value={tv_sec=0, tv_nsec=0}")) silent = false;
    return !paces && !asksItsDevices.test(line);
  });
}

test("in a call the audio thread asks the system for its devices alone: no lock that it waits for, no memory, no file, no clock", async () => {
  const atBob = bob.sound.record();
  await Promise.all([alice.sound.hum(440, 0.25), bob.sound.hum(660, 0.25)]);
  const call = await alice.person.call(bob.user);
  await bob.person.rings();
  await bob.person.do("answer", { call });
  await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
  await atBob.hears(440, 1);
  const file = join(logs, "calls.txt");
  const tracer = new Program({ name: "strace", command: "strace", args: ["-yy", "-o", file, "-p", threadOf(alice.host.program.pid, "audio")], logs });
  await tracer.line(/attached/);
  await atBob.listen(seconds);
  await tracer.stop();
  const calls = readFileSync(file, "utf8").split("\n").filter((line) => /^\w+\(/.test(line));
  const waits = calls.filter((line) => line.startsWith("ppoll("));
  assert.ok(waits.length > 100 * seconds, `${waits.length} waits in ${seconds} s: the devices call a hundred times a second`);
  const others = strayCalls(calls);
  assert.deepEqual([...new Set(others)], [], `${others.length} of ${calls.length}`);
  await bob.person.do("hang_up", { call });
  await Promise.all([alice.person.ended(call), bob.person.ended(call)]);
});

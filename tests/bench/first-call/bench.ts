import { parseArgs } from "node:util";
import { type Endpoint, makeEndpoint } from "../../support/endpoints.ts";
import { makeRunFolder } from "../../support/paths.ts";
import { cpuSeconds, endAll, residentMb } from "../../support/processes.ts";
import { type Recorder } from "../../support/pulse.ts";
import { Service } from "../../support/service.ts";
import { followTone } from "../../support/signal.ts";
import { browserCall } from "./browser_call.ts";
import { asJson, asTable, cleanTestMinutes, type Figure } from "../../support/figures.ts";
import { delays } from "./mouth_to_ear.ts";

/** npm run bench -- first-call [--json]: what a call between two native hosts costs and how long it takes. See README.md beside this file. */

const { values: options } = parseArgs({ options: { json: { type: "boolean" } } });
const logs = makeRunFolder("bench-first-call");
const say = (text: string): void => {
  if (options.json !== true) process.stderr.write(`${text}\n`);
};

async function place(from: Endpoint, to: Endpoint): Promise<string> {
  const call = await from.person.call(to.user);
  await Promise.all([from.person.talks(call), to.person.talks(call)]);
  return call;
}

async function hangUp(from: Endpoint, to: Endpoint, call: string): Promise<void> {
  await from.person.do("hang_up", { call });
  await Promise.all([from.person.ended(call), to.person.ended(call)]);
}

/** When a tone that has just begun was first heard. */
function onset(recorder: Recorder, frequencyHz: number, sinceMs: number): number {
  const first = Math.max(0, recorder.sampleAt(sinceMs));
  const found = followTone(recorder.samples().subarray(first), frequencyHz);
  if (found === undefined) throw new Error(`${frequencyHz} Hz was not heard`);
  return recorder.timeOf(first + found.start);
}

/** From the caller's wish to the moment at which both hear each other. */
async function inviteToVoice(alice: Endpoint, bob: Endpoint, count: number): Promise<number[]> {
  const [atAlice, atBob] = [alice.sound.record(), bob.sound.record()];
  const players = [await alice.sound.hum(440, 0.25), await bob.sound.hum(660, 0.25)];
  await Promise.all([atAlice.running(), atBob.running()]);
  await atAlice.listen(2);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const call = await alice.person.call(bob.user);
    await Promise.all([atBob.hears(440), atAlice.hears(660)]);
    times.push(Math.max(onset(atBob, 440, began), onset(atAlice, 660, began)) - began);
    await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
    await hangUp(alice, bob, call);
    await Promise.all([atBob.hearsNothing(), atAlice.hearsNothing()]);
  }
  await Promise.all([atAlice.stop(), atBob.stop(), ...players.map((player) => player.stop())]);
  return times;
}

/** Share of one core, in percent, of a host in windows of `seconds`, while both talk. */
async function load(alice: Endpoint, bob: Endpoint, windows: number, seconds: number): Promise<{ cpu: number[]; rss: number[] }> {
  const players = [await alice.sound.hum(440, 0.25), await bob.sound.hum(660, 0.25)];
  const clock = bob.sound.record();
  await clock.hears(440);
  const [cpu, rss]: [number[], number[]] = [[], []];
  const { pid } = bob.host.program;
  for (let i = 0; i < windows; i++) {
    const [used, began] = [cpuSeconds(pid), performance.now()];
    await clock.listen(seconds);
    cpu.push((100 * (cpuSeconds(pid) - used)) / ((performance.now() - began) / 1000));
    rss.push(residentMb(pid));
  }
  await Promise.all([clock.stop(), ...players.map((player) => player.stop())]);
  return { cpu, rss };
}

async function measure(): Promise<Figure[]> {
  const service = await Service.start({ logs });
  const [alice, bob] = await Promise.all([
    makeEndpoint(service, "alice", logs),
    makeEndpoint(service, "bob", logs, { arguments: ["--auto-answer"] }),
  ]);
  const serviceRss: number[] = [];
  const look = (): number => serviceRss.push(residentMb(service.program.pid));

  say("invite to voice …");
  const invite = await inviteToVoice(alice, bob, 9);
  look();
  const call = await place(alice, bob);
  look();
  say("mouth to ear, native hosts …");
  const native = await delays("mouth_to_ear_ms", alice.sound, bob.sound, 15);
  look();
  say("load of a host, 20 s …");
  const { cpu, rss } = await load(alice, bob, 5, 4);
  look();
  await hangUp(alice, bob, call);
  look();
  say("mouth to ear, Chromium …");
  const browsers = await browserCall([alice.sound, bob.sound], logs);
  const browser = await delays("browser_mouth_to_ear_ms", alice.sound, bob.sound, 15);
  await browsers.end();

  return [
    { key: "invite_to_voice_ms", unit: "ms", reach: 300, values: invite },
    { key: "mouth_to_ear_ms", unit: "ms", reach: 80, values: native },
    { key: "browser_mouth_to_ear_ms", unit: "ms", reach: undefined, values: browser },
    { key: "host_cpu_percent", unit: "% of one core", reach: 4, values: cpu },
    { key: "host_rss_mb", unit: "MB", reach: 40, values: rss },
    { key: "service_rss_mb", unit: "MB", reach: 40, values: serviceRss },
    { key: "clean_test_minutes", unit: "min", reach: 30, values: cleanTestMinutes() },
  ];
}

try {
  const figures = await measure();
  console.log(options.json === true ? JSON.stringify(asJson(figures)) : asTable(figures));
} finally {
  await endAll();
}

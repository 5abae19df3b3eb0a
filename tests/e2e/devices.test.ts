import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { Host } from "../support/host.ts";
import { makeRunFolder } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll } from "../support/processes.ts";
import { type Recorder } from "../support/pulse.ts";
import { Service } from "../support/service.ts";

/** The endpoint's devices in a call: mute, a microphone and a loudspeaker that are pulled out and come back, and a host without any. */

const logs = makeRunFolder("devices");
let service: Service;
let alice: Endpoint;
let bob: Endpoint;
let call: string;
let atAlice: Recorder;
let atBob: Recorder;
let players: { stop: () => Promise<void> }[];

before(async () => {
  service = await Service.start({ logs });
  [alice, bob] = await Promise.all([makeEndpoint(service, "alice", logs), makeEndpoint(service, "bob", logs)]);
  call = await alice.person.call(bob.user);
  await bob.person.rings();
  await bob.person.do("answer", { call });
  await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
  [atAlice, atBob] = [alice.sound.record(), bob.sound.record()];
  players = [await alice.sound.hum(440, 0.25), await bob.sound.hum(660, 0.25)];
  await Promise.all([atBob.hears(440), atAlice.hears(660)]);
});
after(endAll);

test("the client can list what the endpoint has", async () => {
  const { devices } = await alice.person.do<{ devices: { label: string; kind: string }[] }>("devices");
  assert.ok(
    devices.some((device) => device.kind === "audioinput" && device.label === "Headset_Microphone"),
    JSON.stringify(devices),
  );
  assert.ok(
    devices.some((device) => device.kind === "audiooutput" && device.label === "Headset_Speaker"),
    JSON.stringify(devices),
  );
});

test("mute: the other hears nothing until it is taken back, and is heard all the time", async () => {
  await alice.person.do("mute", { call, muted: true });
  await atBob.hearsNothing();
  await atAlice.hears(660);
  await alice.person.do("mute", { call, muted: false });
  await atBob.hears(440);
});

test("a microphone is pulled out in the call: the client is told, the other voice goes on, and it is used again when it is back", async () => {
  await alice.sound.unplugMicrophone();
  await alice.person.when("the loss of the microphone", (view) => view.calls?.find((one) => one.call === call && one.microphone_lost === true));
  await atBob.hearsNothing();
  await atAlice.hears(660);
  await alice.sound.plugMicrophone();
  await alice.person.when("the microphone", (view) => view.calls?.find((one) => one.call === call && one.microphone_lost !== true));
  await atBob.hears(440);
  await atAlice.stop(); // PulseAudio has moved this recording to the new default
  atAlice = alice.sound.record();
  await atAlice.hears(660);
});

test("a loudspeaker is pulled out in the call: the voice goes on from the other one, and comes back", async () => {
  await atBob.stop();
  await bob.sound.unplugSpeaker();
  const atLaptop = bob.sound.record("laptop.monitor");
  await atLaptop.hears(440);
  await atAlice.hears(660);
  await bob.sound.plugSpeaker();
  atBob = bob.sound.record();
  await atBob.hears(440);
  await atLaptop.hearsNothing();
  await atLaptop.stop();
  assert.equal((await alice.person.reaches(call, "in_call")).phase, "in_call");
});

test("hanging up silences both ends", async () => {
  await bob.person.do("hang_up", { call });
  assert.equal(await alice.person.ended(call), "hung_up");
  await Promise.all([atAlice.hearsNothing(), atBob.hearsNothing()]);
  await Promise.all([atAlice.stop(), atBob.stop(), ...players.map((player) => player.stop())]);
});

test("a host without an audio server runs and says so", async () => {
  const host = new Host({ name: "host-silent", logs, service: service.url, sound: undefined, arguments: [] });
  const person = await Person.signIn({ name: "judy", logs, service: service.url }, "judy");
  await person.pair(host);
  const { reason } = await host.program.event<{ event: string; devices: number; reason: string }>(
    (event) => event.event === "audio" && event.devices === 0,
    "word of no devices",
  );
  assert.ok(reason.length > 0);
});

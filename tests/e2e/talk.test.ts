import { type CallRecord } from "#client";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Capture, classify, type HttpMessage, httpMessages, isPlainHttp, type Packet, type PacketKind, tcpStreams, udpSockets, webSocketFrames } from "../support/capture.ts";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { makeRunFolder } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { StallWatch } from "../support/stalls.ts";
import { decibels, followTone, type Presence } from "../support/signal.ts";

/** Two people, each with a native host on a sound server of its own, from sign-in to hanging up; and what the service's sockets have seen of it. */

const logs = makeRunFolder("talk");
const amplitude = 0.25;
let service: Service;
let capture: Capture;
let stalls: StallWatch;
let alice: Endpoint;
let bob: Endpoint;
let secondDevice: Person;

before(async () => {
  service = await Service.start({ logs });
  stalls = await StallWatch.start(logs);
  capture = await Capture.start("capture", logs, `udp or tcp port ${service.port}`);
  [alice, bob] = await Promise.all([makeEndpoint(service, "alice", logs), makeEndpoint(service, "bob", logs)]);
  secondDevice = await Person.signIn({ name: "alice-second", logs, service: service.url, way: "none" }, "alice");
});
after(endAll);

const records = (person: Person, count: number): Promise<CallRecord[]> =>
  person.when(`${count} call records`, (view) => (view.history?.length === count ? view.history : undefined));

test("they see each other come and go", async () => {
  const carol = await alice.person.user("carol");
  const isSeen = (availability: string): Promise<unknown> =>
    alice.person.when(`carol ${availability}`, (view) => view.presence?.find((one) => one.user === carol && one.availability === availability));
  await alice.person.do("watch", { users: ["carol", "bob"] });
  await isSeen("off");
  await alice.person.when("bob on", (view) => view.presence?.find((one) => one.user === bob.user && one.availability === "on"));
  const guest = await Person.signIn({ name: "carol", logs, service: service.url, way: "none" }, "carol");
  await isSeen("on");
  await guest.do("sign_out");
  await isSeen("off");
});

test("they chat in both directions, and see how far a message has come", async () => {
  await alice.person.chat(bob.user, "Good morning, Bob");
  await bob.person.message(alice.user, "Good morning, Bob", "received");
  await alice.person.message(bob.user, "Good morning, Bob", "delivered");
  const conversation = (await bob.person.view()).conversations?.find((one) => one.with === alice.user)?.conversation;
  await bob.person.do("read", { conversation });
  await alice.person.message(bob.user, "Good morning, Bob", "read");
  await bob.person.chat(alice.user, "お早うございます 👋");
  await alice.person.message(bob.user, "お早うございます 👋", "received");
  await secondDevice.message(bob.user, "Good morning, Bob");
  await secondDevice.message(bob.user, "お早うございます 👋", "received");
});

test("they call, talk for ten seconds in both directions at once, and hang up", async () => {
  await bob.person.do("watch", { users: ["alice"] });
  const call = await alice.person.call(bob.user);
  await alice.person.reaches(call, "ringing");
  assert.equal(await bob.person.rings(), call);
  // Some of their sockets are closed again when the way of the voice is found.
  const ports = new Set<number>();
  const look = async (): Promise<void> => {
    for (const end of [alice, bob]) for (const { port } of await udpSockets(end.host.program.pid)) ports.add(port);
  };
  await look();
  await bob.person.do("answer", { call });
  await look();
  await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
  await bob.person.when("alice's lamp", (view) => view.presence?.find((one) => one.user === alice.user && one.lamp === "call"));

  const [atAlice, atBob] = [alice.sound.record(), bob.sound.record()];
  const players = [await alice.sound.hum(440, amplitude), await bob.sound.hum(660, amplitude)];
  await Promise.all([atBob.hears(440), atAlice.hears(660)]);
  const before = Date.now();
  const { measured: heard, stalledMs } = await stalls.undisturbed(async () => {
    await Promise.all([atBob.listen(10), atAlice.listen(10)]);
    return { atBob: followTone(atBob.latest(10), 440), atAlice: followTone(atAlice.latest(10), 660) };
  });
  const after = Date.now();
  await look();
  assert.deepEqual(await udpSockets(service.program.pid), [], "the service has UDP sockets");
  await Promise.all([atBob.stop(), atAlice.stop(), ...players.map((player) => player.stop())]);

  await alice.person.do("hang_up", { call });
  assert.deepEqual(await Promise.all([alice.person.ended(call), bob.person.ended(call)]), ["hung_up", "hung_up"]);

  for (const [where, presence] of Object.entries(heard) as [string, Presence | undefined][]) {
    assert.ok(presence !== undefined, `no tone ${where}`);
    assert.ok(presence.end - presence.start > 9.96 * 48_000, `${where}: ${JSON.stringify(presence)}`);
    assert.ok(Math.abs(decibels(presence.amplitude / amplitude)) <= 3, `${where}: ${decibels(presence.amplitude / amplitude)} dB`);
    assert.ok(presence.longestGapMs <= 40 + stalledMs, `${where}: ${JSON.stringify(presence)}; the machine stood still for ${stalledMs} ms`);
  }

  for (const person of [alice.person, secondDevice]) {
    const [record] = await records(person, 1);
    assert.equal(record?.kind, "dialled");
    assert.equal(record.other, bob.user);
    assert.ok(record.duration_s >= 10 && record.duration_s < 150, `${record.duration_s} s`);
  }
  const [record] = await records(bob.person, 1);
  assert.equal(record?.kind, "received");
  assert.equal(record.other, alice.user);

  await passedByTheService(before, after, ports);
});

test("a call to somebody with two devices rings on both, and stops on the other when one answers", async () => {
  const call = await bob.person.call(alice.user);
  await Promise.all([alice.person.rings(), secondDevice.rings()]);
  await secondDevice.event("ring");
  await alice.person.do("answer", { call });
  assert.equal(await secondDevice.ended(call), "elsewhere");
  await secondDevice.event("stop_ring");
  await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
  await bob.person.do("hang_up", { call });
  assert.equal(await alice.person.ended(call), "hung_up");
  for (const person of [alice.person, secondDevice]) {
    assert.deepEqual((await records(person, 2)).map((record) => record.kind).sort(), ["dialled", "received"]);
  }
  assert.deepEqual((await records(bob.person, 2)).map((record) => record.kind).sort(), ["dialled", "received"]);
});

test("a call that is declined, one that is cancelled and one that nobody takes are told apart", async () => {
  const declined = await alice.person.call(bob.user);
  await bob.person.rings();
  await bob.person.do("decline", { call: declined });
  assert.equal(await alice.person.ended(declined), "declined");
  const cancelled = await alice.person.call(bob.user);
  await bob.person.rings();
  await alice.person.do("hang_up", { call: cancelled });
  assert.equal(await bob.person.ended(cancelled), "cancelled");
  assert.deepEqual((await records(bob.person, 4)).filter((record) => record.kind === "missed").length, 1);
});

/** Nothing of the voice has been on the service's sockets, and the capture could have seen it: it saw it between the hosts. */
async function passedByTheService(fromMs: number, toMs: number, hostPorts: ReadonlySet<number>): Promise<void> {
  const all = await capture.stop();
  const ofVoice = new Set<PacketKind>(["stun", "dtls", "rtp", "rtcp"]);
  // Other programs of this machine may well send RTP too: what counts is what has a host's port, and that has one at both ends.
  const ofHosts = all.filter((packet) => packet.protocol === "udp" && (hostPorts.has(packet.sourcePort) || hostPorts.has(packet.destinationPort)));
  const strayed = ofHosts.filter(
    (packet) => ofVoice.has(classify(packet.payload)) && !(hostPorts.has(packet.sourcePort) && hostPorts.has(packet.destinationPort)),
  );
  assert.deepEqual(strayed, []);
  assert.ok(!hostPorts.has(service.port));
  assert.deepEqual(all.filter((packet) => packet.protocol === "udp" && [packet.sourcePort, packet.destinationPort].includes(service.port)), []);
  const packets = [...all.filter((packet) => packet.protocol === "tcp"), ...ofHosts];
  assert.ok(packets.some((packet) => packet.destinationPort === service.port && packet.dscp === 24), "the hosts' signalling is not marked");
  const talking = packets.filter((packet) => packet.timeMs >= fromMs && packet.timeMs <= toMs);

  const voice = talking.filter((packet) => packet.protocol === "udp" && classify(packet.payload) === "rtp");
  const perSecond = voice.length / ((toMs - fromMs) / 1000);
  assert.ok(perSecond > 80 && perSecond < 220, `${perSecond} RTP packets a second, expected 50 or 100 each way`);
  assert.deepEqual([...new Set(voice.map((packet) => packet.dscp))], [46]);
  assert.ok(voice.every((packet) => packet.sourcePort >= 55_004 && packet.sourcePort <= 55_505), "voice is outside of the usual ports");
  const kinds = (kind: string): Packet[] => packets.filter((packet) => packet.protocol === "udp" && classify(packet.payload) === kind);
  assert.ok(kinds("dtls").length >= 6, "no DTLS handshake between the hosts");
  assert.ok(kinds("stun").length >= 4, "no connectivity checks between the hosts");
  assert.ok(kinds("rtcp").length >= 2, "no RTCP between the hosts");

  const onService = talking.filter((packet) => packet.protocol === "tcp");
  const bytes = onService.reduce((sum, packet) => sum + packet.payload.length, 0);
  const voiceBytes = voice.reduce((sum, packet) => sum + packet.payload.length, 0);
  assert.ok(bytes < voiceBytes / 4, `${bytes} bytes by the service beside ${voiceBytes} of voice`);
  let frames = 0;
  const fetched: HttpMessage[] = [];
  for (const stream of tcpStreams(packets)) {
    assert.ok(stream.complete);
    if (isPlainHttp(stream.bytes)) {
      for (const one of httpMessages(stream.bytes)) fetched.push(one);
      continue;
    }
    for (const frame of webSocketFrames(stream.bytes)) {
      assert.ok([1, 8, 9, 10].includes(frame.opcode), `a frame with opcode ${frame.opcode}`);
      if (frame.opcode !== 1) continue;
      JSON.parse(frame.payload.toString());
      frames++;
    }
  }
  assert.ok(frames > 50, `only ${frames} frames were seen`);
  // Four clients have fetched the directory, compressed, and nothing else was asked for or given.
  const [asked, given] = [fetched.filter((one) => one.start.startsWith("GET ")), fetched.filter((one) => one.start.startsWith("HTTP/1.1 200 "))];
  assert.equal(asked.length + given.length, fetched.length, fetched.map((one) => one.start).join("\n"));
  assert.equal(asked.length, 4);
  for (const { start, headers, body } of asked) {
    assert.match(start, /^GET \/directory\/\d+ /);
    assert.deepEqual([headers.get("accept-encoding"), body.length], ["gzip", 0]);
  }
  assert.equal(given.length, 4);
  for (const { headers, body } of given) {
    assert.deepEqual([headers.get("content-type"), headers.get("content-encoding")], ["application/json", "gzip"]);
    const { l } = JSON.parse(gunzipSync(body).toString()) as { l: unknown[] };
    assert.ok(l.length > 10 && body.length < 40 * l.length, `${body.length} bytes for ${l.length} contacts`);
  }
}

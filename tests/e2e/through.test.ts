import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { Capture, classify } from "../support/capture.ts";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { TwoNats } from "../support/nat.ts";
import { makeRunFolder } from "../support/paths.ts";
import { pathOf } from "../support/person.ts";
import { endAll, run } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { decibels } from "../support/signal.ts";
import { TurnServer } from "../support/turn.ts";

/** The ways of the voice where there is no plain one: a relay only, and two NATs. */

after(endAll);

/** Both voices arrive. @returns the call, still running. */
async function talk(from: Endpoint, to: Endpoint): Promise<string> {
  const call = await from.person.call(to.user);
  await to.person.rings();
  await to.person.do("answer", { call });
  await Promise.all([from.person.talks(call), to.person.talks(call)]);
  const [atFrom, atTo] = [from.sound.record(), to.sound.record()];
  const players = [await from.sound.hum(440, 0.25), await to.sound.hum(660, 0.25)];
  const amplitudes = await Promise.all([atTo.hears(440, 1), atFrom.hears(660, 1)]);
  for (const amplitude of amplitudes) assert.ok(Math.abs(decibels(amplitude / 0.25)) <= 3, `${amplitude}`);
  await Promise.all([atFrom.stop(), atTo.stop(), ...players.map((player) => player.stop())]);
  return call;
}

test("relay only: coturn carries the voice and nothing else does", async () => {
  const logs = makeRunFolder("relay");
  const turn = await TurnServer.start("coturn", logs);
  const service = await Service.start({ logs, config: turn.asConfig() });
  const options = { arguments: ["--relay-only"] };
  const [alice, bob] = await Promise.all([makeEndpoint(service, "alice", logs, options), makeEndpoint(service, "bob", logs, options)]);
  const capture = await Capture.start("capture", logs, "udp");
  const call = await talk(alice, bob);
  for (const end of [alice, bob]) {
    const { local, remote } = pathOf(await end.person.stats(call));
    assert.deepEqual([local["candidateType"], remote["candidateType"]], ["relay", "relay"]);
  }
  await alice.person.do("hang_up", { call });
  await bob.person.ended(call);
  const packets = await capture.stop();
  const media = packets.filter((packet) => ["rtp", "turn channel"].includes(classify(packet.payload)));
  // A host sends to the TURN port, as channel data or send indications; between the relay's own ports the voice is bare RTP.
  const fromHosts = packets.filter((packet) => packet.destinationPort === turn.port);
  assert.ok(fromHosts.length > 100, `${fromHosts.length} packets to the TURN port`);
  const relayPorts = new Set(
    packets
      .filter((packet) => packet.sourcePort !== turn.port && packet.destinationPort !== turn.port && classify(packet.payload) === "rtp")
      .flatMap((packet) => [packet.sourcePort, packet.destinationPort]),
  );
  assert.equal(relayPorts.size, 2, `bare RTP between ports ${[...relayPorts].join(", ")}: one pair of relay ports was expected`);
  assert.ok(media.length > 100, `${media.length} packets of voice`);
});

test("two NATs: the hosts find the direct way, service and STUN server in the middle", async () => {
  const logs = makeRunFolder("nats");
  const nats = await TwoNats.start();
  const stun = await TurnServer.start("coturn", logs, { address: nats.internetAddress, port: 3478, prefix: nats.at("internet") });
  const [certificate, key] = [join(logs, "certificate.pem"), join(logs, "key.pem")];
  await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=sidetone.test"],
    ...["-addext", `subjectAltName=IP:${nats.internetAddress}`, "-keyout", key, "-out", certificate],
  ]);
  const service = await Service.start({
    logs,
    prefix: nats.at("internet"),
    config: `${stun.asConfig("stun")}[server]\naddress = ${nats.internetAddress}\ncertificate = ${certificate}\nkey = ${key}\n`,
  });
  const end = (place: "left" | "right", user: string): Promise<Endpoint> =>
    makeEndpoint(service, user, logs, {
      prefix: nats.at(place),
      hostArguments: ["--ca", certificate],
      arguments: ["--ca", certificate],
    });
  const [alice, bob] = await Promise.all([end("left", "alice"), end("right", "bob")]);
  const middle = await Capture.start("middle", logs, "udp", { device: "br0", prefix: nats.at("internet") });
  const call = await talk(alice, bob);
  const { local, remote } = pathOf(await alice.person.stats(call));
  // A check from outside may be seen before the candidate that names it: then the address is known as peer-reflexive (RFC 8445 §7.3.1.3).
  assert.match(String(remote["candidateType"]), /^(srflx|prflx)$/);
  assert.match(String(local["candidateType"]), /^(srflx|prflx|host)$/);
  assert.equal(remote["address"] ?? remote["ip"], "203.0.113.12");
  await bob.person.do("hang_up", { call });
  await alice.person.ended(call);
  await middle.stop();
  await nats.stop();
});

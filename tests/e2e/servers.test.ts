import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type PeerConnection } from "../../web/redirect/index.ts";
import { Capture } from "../support/capture.ts";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { Janus } from "../support/janus.ts";
import { makeRunFolder } from "../support/paths.ts";
import { ownAddress } from "../support/ports.ts";
import { cpuSeconds, endAll, ofAnotherMachine } from "../support/processes.ts";
import { type Recorder, SoundServer } from "../support/pulse.ts";
import { connected, described, type RedirectedHost, startRedirectedHost } from "../support/redirected_host.ts";
import { Rtpengine } from "../support/rtpengine.ts";
import { Service } from "../support/service.ts";
import { amplitudeAt } from "../support/signal.ts";
import { StallWatch } from "../support/stalls.ts";
import { TurnServer } from "../support/turn.ts";
import { assertWholeTones } from "../support/whole_tone.ts";
import { signInRaw } from "../support/wire.ts";

/** Native hosts in calls through servers: Janus, which mixes the voice, rtpengine, which translates it, and coturn, which relays it. */

const logs = makeRunFolder("servers");
const [amplitude, seconds] = [0.2, 2];
let stalls: StallWatch;
type End = RedirectedHost & { sound: SoundServer; frequencyHz: number };
let ends: End[];
let certificate: Certificate;

before(async () => {
  const service = await Service.start({ logs });
  stalls = await StallWatch.start(logs);
  const { wire } = await signInRaw(service.url, "alice", "sidetone");
  certificate = await makeCertificate(logs, "127.0.0.1");
  ends = await Promise.all(
    [450, 650, 850].map(async (frequencyHz, i) => {
      const sound = await SoundServer.start(`end-${i}`, logs);
      const options = { name: `host-${i}`, logs, service: service.url, sound, arguments: ["--clear-rtp", ...(i < 2 ? ["--relay-ca", certificate.certificate] : [])] };
      return { ...(await startRedirectedHost(wire, options)), sound, frequencyHz };
    }),
  );
});
after(endAll);

/** A host whose relayed call is over has nothing left to do; what it might do would go before all other programs. */
async function assertRest(speakers: readonly End[]): Promise<void> {
  const used = (): number[] => speakers.map(({ host }) => cpuSeconds(host.program.pid));
  const before = used();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const busy = used().map((seconds, i) => seconds - (before[i] ?? 0));
  assert.ok(Math.max(...busy) < 0.15, `hosts have used ${busy.join(" and ")} s of the processors while a timer of half a second ran`);
}

/** Each with its own tone, each recorded. A failure leaves no tone for the next test. */
async function whileAllHum(speakers: readonly End[], peers: readonly PeerConnection[], listen: (recorders: readonly Recorder[]) => Promise<void>): Promise<void> {
  const hums = await Promise.all(speakers.map(({ sound, frequencyHz }) => sound.hum(frequencyHz, amplitude)));
  const recorders = speakers.map(({ sound }) => sound.record());
  try {
    await listen(recorders);
  } finally {
    for (const peer of peers) peer.close();
    await Promise.all([...recorders, ...hums].map((one) => one.stop()));
  }
}

/** Each hears all the others. */
async function assertTalk(speakers: readonly End[], recorders: readonly Recorder[]): Promise<void> {
  const tones = speakers.flatMap(({ frequencyHz: own }, i) =>
    speakers
      .filter(({ frequencyHz }) => frequencyHz !== own)
      .map(({ frequencyHz }) => ({
        ...{ where: `of ${frequencyHz} Hz at the one of ${own} Hz`, recording: recorders[i] ?? assert.fail() },
        ...{ frequencyHz, amplitude, among: speakers.length > 2 },
      })),
  );
  await assertWholeTones(tones, stalls, seconds);
}

test("Janus's AudioBridge: three hosts in a room hear each other and not themselves", async () => {
  const janus = await Janus.start(logs, ofAnotherMachine);
  const room = 1;
  const legs = await Promise.all(
    ends.map(async (end) => {
      const handle = await janus.attach(await janus.session());
      return { ...end, handle, peer: await end.speaker() };
    }),
  );
  // Enough bits for two tones at once: what its encoder leaves out is not what is measured.
  await legs[0]?.handle.say({ request: "create", room, sampling_rate: 48_000, audiolevel_event: false, default_bitrate: 128_000 });
  for (const { handle, peer } of legs) {
    await handle.say({ request: "join", room, codec: "opus" });
    await handle.hears("joined", (event) => (event.plugindata === undefined ? undefined : true));
    await handle.say({ request: "configure", muted: false }, { type: "offer", sdp: await described(peer) });
    await peer.setRemoteDescription(await handle.hears("an answer", (event) => event.jsep));
    await connected(peer);
  }

  const peers = legs.map(({ peer }) => peer);
  await whileAllHum(legs, peers, async (recorders) => {
    await assertTalk(legs, recorders);
    for (const [i, recorder] of recorders.entries()) {
      const own = legs[i]?.frequencyHz ?? 0;
      assert.ok(amplitudeAt(recorder.latest(1), own) < 0.01 * amplitude, `${own} Hz comes back`);
    }
  });
  await janus.stop();
});

test("rtpengine: Opus by ICE and DTLS-SRTP on one side, PCMA in the clear on the other", async () => {
  const [caller, callee] = ends;
  assert.ok(caller !== undefined && callee !== undefined);
  const rtpengine = await Rtpengine.start(logs, ownAddress());
  const [calling, called] = [await caller.speaker(), await callee.speaker()];
  const call = { "call-id": "translated", "from-tag": "caller" };
  const offer = await rtpengine.ask({
    ...{ command: "offer", ...call, sdp: await described(calling), "transport-protocol": "RTP/AVP", ICE: "remove" },
    ...{ "rtcp-mux": ["demux"], codec: { strip: ["all"], transcode: ["PCMA"] } },
  });
  const translated = offer.get("sdp") ?? "";
  assert.match(translated, /^m=audio \d+ RTP\/AVP 8/m);
  await called.setRemoteDescription({ type: "offer", sdp: translated });
  const answer = await rtpengine.ask({ command: "answer", ...call, "to-tag": "callee", sdp: await described(called), ICE: "force" });
  await calling.setRemoteDescription({ type: "answer", sdp: answer.get("sdp") ?? "" });
  await connected(calling);

  await whileAllHum([caller, callee], [calling, called], (recorders) => assertTalk([caller, callee], recorders));
  await rtpengine.stop();
});

test("coturn: a voice that is relayed for both, by UDP on one side and by TCP on the other", async () => {
  const [caller, callee] = ends;
  assert.ok(caller !== undefined && callee !== undefined);
  const turn = await TurnServer.start("coturn", logs);
  const capture = await Capture.start("capture", logs, `port ${turn.port}`);
  const relayedBy = (transport: "udp" | "tcp"): RTCConfiguration => ({ iceServers: [turn.turnBy(transport)], iceTransportPolicy: "relay" });
  const [calling, called] = [await caller.speaker(relayedBy("udp")), await callee.speaker(relayedBy("tcp"))];
  await called.setRemoteDescription({ type: "offer", sdp: await described(calling) });
  await calling.setRemoteDescription({ type: "answer", sdp: await described(called) });
  await connected(calling);
  await whileAllHum([caller, callee], [calling, called], (recorders) => assertTalk([caller, callee], recorders));
  await assertRest([caller, callee]);
  const packets = await capture.stop();
  for (const transport of ["udp", "tcp"] as const) {
    const toServer = packets.filter(({ protocol, destinationPort, payload }) => protocol === transport && destinationPort === turn.port && payload.length > 0);
    assert.ok(toServer.length > 40 * seconds, `${toServer.length} packets to the server by ${transport}`);
  }
  await turn.stop();
});

test("coturn by TLS: a voice that is relayed for both, and one who knows neither its authority nor its name stays away", async () => {
  const [caller, callee, stranger] = ends;
  assert.ok(caller !== undefined && callee !== undefined && stranger !== undefined);
  const turn = await TurnServer.start("coturn-tls", logs, { address: "127.0.0.1", certificate });
  const capture = await Capture.start("capture-tls", logs, `port ${turn.port} or port ${turn.tlsPort}`);
  const relayed: RTCConfiguration = { iceServers: [turn.turnByTls()], iceTransportPolicy: "relay" };
  const [calling, called] = [await caller.speaker(relayed), await callee.speaker(relayed)];
  await called.setRemoteDescription({ type: "offer", sdp: await described(calling) });
  await calling.setRemoteDescription({ type: "answer", sdp: await described(called) });
  await connected(calling);
  await whileAllHum([caller, callee], [calling, called], (recorders) => assertTalk([caller, callee], recorders));
  await assertRest([caller, callee]);
  const toServer = (await capture.stop()).filter(({ protocol, destinationPort, payload }) => protocol === "tcp" && destinationPort === turn.tlsPort && payload.length > 0);
  assert.ok(toServer.length > 80 * seconds, `${toServer.length} packets to the server by TLS`);
  assert.ok(
    toServer.every(({ payload }) => !payload.includes(turn.username)),
    "TURN's user name is readable",
  );

  for (const [end, server, reason] of [
    [stranger, turn.turnByTls(), /relay not reached.*certificate is not accepted: self-signed certificate/],
    [caller, turn.turnByTls("localhost"), /relay not reached.*certificate is not accepted: hostname mismatch/],
  ] as const) {
    const peer = await end.speaker({ iceServers: [server], iceTransportPolicy: "relay" });
    await peer.setLocalDescription();
    await end.host.program.line(reason);
    assert.doesNotMatch(peer.localDescription?.sdp ?? "", /a=candidate/);
    peer.close();
  }
  await turn.stop();
});

test("what is spoken by no relay is refused with the reason", async () => {
  const [caller] = ends;
  assert.ok(caller !== undefined);
  const server = { urls: "turns:127.0.0.1:5349?transport=udp", username: "sidetone", credential: "relayed" };
  const peer = await caller.speaker({ iceServers: [server], iceTransportPolicy: "relay" });
  await assert.rejects(peer.createOffer(), /over DTLS are not supported/);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type PeerConnection } from "../../web/redirect/index.ts";
import { Capture } from "../support/capture.ts";
import { Janus } from "../support/janus.ts";
import { makeRunFolder } from "../support/paths.ts";
import { endAll } from "../support/processes.ts";
import { SoundServer } from "../support/pulse.ts";
import { connected, described, type RedirectedHost, startRedirectedHost } from "../support/redirected_host.ts";
import { Rtpengine } from "../support/rtpengine.ts";
import { Service } from "../support/service.ts";
import { amplitudeAt } from "../support/signal.ts";
import { StallWatch } from "../support/stalls.ts";
import { ownAddress, TurnServer } from "../support/turn.ts";
import { assertWholeTones } from "../support/whole_tone.ts";
import { signInRaw } from "../support/wire.ts";

/** Native hosts in calls through servers: Janus, which mixes the voice, rtpengine, which translates it, and coturn, which relays it. */

const logs = makeRunFolder("servers");
const [amplitude, seconds] = [0.2, 2];
let stalls: StallWatch;
type End = RedirectedHost & { sound: SoundServer; frequencyHz: number };
let ends: End[];

before(async () => {
  const service = await Service.start({ logs });
  stalls = await StallWatch.start(logs);
  const { wire } = await signInRaw(service.url, "alice", "sidetone");
  ends = await Promise.all(
    [450, 650, 850].map(async (frequencyHz, i) => {
      const sound = await SoundServer.start(`end-${i}`, logs);
      const options = { name: `host-${i}`, logs, service: service.url, sound, arguments: ["--clear-rtp"] };
      return { ...(await startRedirectedHost(wire, options)), sound, frequencyHz };
    }),
  );
});
after(endAll);

/** The two hear each other; their connections end. */
async function assertTalk(peers: readonly PeerConnection[], [caller, callee]: readonly [End, End]): Promise<void> {
  const recorders = [caller.sound.record(), callee.sound.record()] as const;
  const hums = await Promise.all([caller, callee].map(({ sound, frequencyHz }) => sound.hum(frequencyHz, amplitude)));
  await assertWholeTones(
    [
      { where: "at the caller", recording: recorders[0], frequencyHz: callee.frequencyHz, amplitude },
      { where: "at the callee", recording: recorders[1], frequencyHz: caller.frequencyHz, amplitude },
    ],
    stalls,
    seconds,
  );
  for (const peer of peers) peer.close();
  await Promise.all([...recorders, ...hums].map((one) => one.stop()));
}

test("Janus's AudioBridge: three hosts in a room hear each other and not themselves", async () => {
  const janus = await Janus.start(logs);
  const room = 1;
  const legs = await Promise.all(
    ends.map(async (end) => {
      const handle = await janus.attach(await janus.session());
      return { ...end, handle, peer: await end.speaker() };
    }),
  );
  await legs[0]?.handle.say({ request: "create", room, sampling_rate: 48_000, audiolevel_event: false, default_bitrate: 32_000 });
  for (const { handle, peer } of legs) {
    await handle.say({ request: "join", room, codec: "opus" });
    await handle.hears("joined", (event) => (event.plugindata === undefined ? undefined : true));
    await handle.say({ request: "configure", muted: false }, { type: "offer", sdp: await described(peer) });
    await peer.setRemoteDescription(await handle.hears("an answer", (event) => event.jsep));
    await connected(peer);
  }

  const heard = await Promise.all(legs.map(async (leg) => ({ ...leg, recorder: leg.sound.record(), hum: await leg.sound.hum(leg.frequencyHz, amplitude) })));
  await assertWholeTones(
    heard.flatMap(({ recorder, frequencyHz: own }) =>
      legs
        .filter(({ frequencyHz }) => frequencyHz !== own)
        .map(({ frequencyHz }) => ({ where: `of ${frequencyHz} Hz at the one of ${own} Hz`, recording: recorder, frequencyHz, amplitude, among: true })),
    ),
    stalls,
    seconds,
  );
  for (const { recorder, frequencyHz } of heard) assert.ok(amplitudeAt(recorder.latest(1), frequencyHz) < 0.01 * amplitude, `${frequencyHz} Hz comes back`);
  for (const { peer } of legs) peer.close();
  await Promise.all(heard.flatMap(({ recorder, hum }) => [recorder.stop(), hum.stop()]));
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
  await called.setLocalDescription();
  const answer = await rtpengine.ask({ command: "answer", ...call, "to-tag": "callee", sdp: called.localDescription?.sdp ?? "", ICE: "force" });
  await calling.setRemoteDescription({ type: "answer", sdp: answer.get("sdp") ?? "" });
  await connected(calling);

  await assertTalk([calling, called], [caller, callee]);
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
  await assertTalk([calling, called], [caller, callee]);
  const packets = await capture.stop();
  for (const transport of ["udp", "tcp"] as const) {
    const toServer = packets.filter(({ protocol, destinationPort, payload }) => protocol === transport && destinationPort === turn.port && payload.length > 0);
    assert.ok(toServer.length > 40 * seconds, `${toServer.length} packets to the server by ${transport}`);
  }
  await turn.stop();
});

test("turns: a relay by TLS alone is refused with the reason", async () => {
  const [caller] = ends;
  assert.ok(caller !== undefined);
  const server = { urls: "turns:127.0.0.1:5349", username: "sidetone", credential: "relayed" };
  const peer = await caller.speaker({ iceServers: [server], iceTransportPolicy: "relay" });
  await assert.rejects(peer.createOffer(), /over TLS are not supported/);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBaresip } from "../support/baresip.ts";
import { Capture, classify, type Packet } from "../support/capture.ts";
import { accountOf, startLinphone } from "../support/linphone.ts";
import { makeRunFolder } from "../support/paths.ts";
import { freePort } from "../support/ports.ts";
import { endAll, until } from "../support/processes.ts";
import { SoundServer } from "../support/pulse.ts";
import { connected, described, type RedirectedHost, startRedirectedHost } from "../support/redirected_host.ts";
import { Service } from "../support/service.ts";
import { SipAnswerer } from "../support/sip_answerer.ts";
import { StallWatch } from "../support/stalls.ts";
import { assertWholeTones } from "../support/whole_tone.ts";
import { signInRaw } from "../support/wire.ts";

/** Native hosts in calls with ends that are no browsers: baresip with RTCP on its own port and SRTP by SDES, by DTLS with and without ICE, or none at all, and linphone. */

const logs = makeRunFolder("telephones");
const amplitude = 0.25;
const [ports, portRange] = [{ first: 56_100, last: 56_199 }, "56100-56199"];
let stalls: StallWatch;
let sip: SipAnswerer;
let hostSound: SoundServer;
let phoneSound: SoundServer;
let usual: RedirectedHost;
/** Whose owner lets it talk in the clear. */
let lenient: RedirectedHost;

before(async () => {
  const service = await Service.start({ logs });
  stalls = await StallWatch.start(logs);
  sip = await SipAnswerer.start();
  [hostSound, phoneSound] = await Promise.all([SoundServer.start("host", logs), SoundServer.start("phone", logs)]);
  const { wire } = await signInRaw(service.url, "alice", "sidetone");
  const start = (name: string, ...more: string[]): Promise<RedirectedHost> =>
    startRedirectedHost(wire, { name, logs, service: service.url, sound: hostSound, arguments: ["--port-range", portRange, "--log-level", "debug", ...more] });
  usual = await start("usual");
  lenient = await start("lenient", "--clear-rtp");
});
after(endAll);

const seconds = 5;
for (const { codec, module, encrypted } of [
  { codec: "PCMU/8000/1", module: "g711", encrypted: true },
  { codec: "G722/16000/1", module: "g722", encrypted: true },
  { codec: "opus/48000/2", module: "opus", encrypted: true },
  { codec: "PCMA/8000/1", module: "g711", encrypted: false },
]) {
  test(`${codec} both ways ${encrypted ? "with SRTP by SDES" : "in the clear, where that is allowed"}, RTCP on its own port, and marks`, async () => {
    const { host, speaker } = encrypted ? usual : lenient;
    const capture = await Capture.start(`capture-${codec.split("/")[0]}`, logs, `udp portrange ${portRange}`);
    const phone = await startBaresip({
      user: codec.split("/")[0] ?? "",
      sound: phoneSound,
      logs,
      port: await freePort(),
      modules: [module, "srtp"],
      account: [`audio_codecs=${codec}`, ...(encrypted ? ["mediaenc=srtp-mand"] : [])],
      settings: ["rtp_tos 184", "rtcp_mux no"],
      dial: sip.address,
    });
    const invitation = await sip.invited();
    assert.match(invitation.offer, encrypted ? /m=audio \d+ RTP\/SAVP / : /m=audio \d+ RTP\/AVP /);
    assert.doesNotMatch(invitation.offer, /a=(rtcp-mux|fingerprint|ice-ufrag)/);

    if (!encrypted) {
      const refused = new usual.webrtc.RTCPeerConnection();
      await assert.rejects(refused.setRemoteDescription({ type: "offer", sdp: invitation.offer }), /would not be encrypted/);
      refused.close();
    }
    const peer = await speaker();
    await peer.setRemoteDescription({ type: "offer", sdp: invitation.offer });
    await peer.setLocalDescription();
    const answer = peer.localDescription?.sdp ?? "";
    await invitation.accept(answer);
    await phone.line(/Call established/);
    assert.equal(peer.connectionState, "connected");

    const [atHost, atPhone] = [hostSound.record(), phoneSound.record()];
    const tones = [await hostSound.hum(440, amplitude), await phoneSound.hum(660, amplitude)];
    const tonesHeard = [
      { where: "at the host", recording: atHost, frequencyHz: 660, amplitude },
      { where: "at the telephone", recording: atPhone, frequencyHz: 440, amplitude },
    ];
    await assertWholeTones(tonesHeard, stalls, seconds);
    const remote = [...(await peer.getStats()).values()].find((one: { type: string }) => one.type === "remote-inbound-rtp");
    assert.ok(remote, "no report of the telephone has come");

    peer.close();
    await Promise.all([...tones.map((tone) => tone.stop()), atHost.stop(), atPhone.stop(), phone.stop()]);
    assertPackets(await capture.stop(), answer);
    if (!encrypted) return;
    const key = answer.match(/inline:(\S+)/)?.[1];
    assert.ok(key !== undefined && key.length >= 40);
    assert.ok(!host.program.errorLines.some((line) => line.includes(key)), "the key is in the host's log");
  });
}

for (const ice of [true, false]) {
  test(`baresip by DTLS-SRTP ${ice ? "and ICE" : "alone"}: RTP and RTCP each by a port and with keys of their own`, async () => {
    const capture = await Capture.start(`capture-dtls-${ice}`, logs, `udp portrange ${portRange}`);
    const phone = await startBaresip({
      ...{ user: ice ? "dtls-ice" : "dtls", sound: phoneSound, logs, port: await freePort(), dial: sip.address },
      modules: ["opus", "dtls_srtp", ...(ice ? ["ice"] : [])],
      account: ["audio_codecs=opus/48000/2", "mediaenc=dtls_srtp", ...(ice ? ["medianat=ice"] : [])],
      settings: ["rtcp_mux no"],
    });
    const invitation = await sip.invited();
    assert.equal(/a=candidate:\S+ 2 UDP /i.test(invitation.offer), ice);
    assert.match(invitation.offer, /m=audio \d+ UDP\/TLS\/RTP\/SAVPF? /);
    assert.doesNotMatch(invitation.offer, /a=rtcp-mux/);
    const peer = await usual.speaker();
    await peer.setRemoteDescription({ type: "offer", sdp: invitation.offer });
    const answer = await described(peer);
    assert.doesNotMatch(answer, /a=rtcp-mux/);
    await invitation.accept(answer);
    await connected(peer);

    const [atHost, atPhone] = [hostSound.record(), phoneSound.record()];
    const tones = [await hostSound.hum(440, amplitude), await phoneSound.hum(660, amplitude)];
    const heard = [
      { where: "at the host", recording: atHost, frequencyHz: 660, amplitude },
      { where: "at the telephone", recording: atPhone, frequencyHz: 440, amplitude },
    ];
    await assertWholeTones(heard, stalls, 3);
    const stats = await until("a report of the telephone", async () => {
      const all = [...(await peer.getStats()).values()];
      return all.some(({ type }: { type: string }) => type === "remote-inbound-rtp") ? all : undefined;
    });
    assert.ok(stats.every(({ srtpAuthenticationFailures: failures = 0 }: { srtpAuthenticationFailures?: number }) => failures === 0));
    peer.close();
    await Promise.all([...tones.map((tone) => tone.stop()), atHost.stop(), atPhone.stop(), phone.stop()]);

    const packets = await capture.stop();
    const rtp = Number(answer.match(/m=audio (\d+) UDP\/TLS\/RTP\//)?.[1]);
    const rtcp = Number(answer.match(/a=rtcp:(\d+) /)?.[1]);
    for (const [port, own] of [
      [rtp, "rtp"],
      [rtcp, "rtcp"],
    ] as const)
      for (const direction of ["sourcePort", "destinationPort"] as const) {
        const kinds = new Set(packets.filter((packet) => packet[direction] === port).map(({ payload }) => classify(payload)));
        assert.deepEqual([...kinds].sort(), ["dtls", own, ...(ice ? ["stun"] : [])], `${direction} ${port}`);
      }
  });
}

test("linphone: Opus both ways with SRTP by SDES, through its adaptive jitter buffer", async () => {
  const phone = await startLinphone({ sound: phoneSound, logs, port: await freePort(), rtpPort: await freePort(), dial: sip.address });
  const invitation = await sip.invited();
  assert.match(invitation.offer, /m=audio \d+ RTP\/SAVP /);
  const peer = await usual.speaker();
  await peer.setRemoteDescription({ type: "offer", sdp: invitation.offer });
  await peer.setLocalDescription();
  await invitation.accept(peer.localDescription?.sdp ?? "");

  const [atHost, atPhone] = [hostSound.record(), phoneSound.record()];
  const tones = [await hostSound.hum(440, amplitude), await phoneSound.hum(660, amplitude)];
  /** Its buffer begins by an estimate, and makes up a packet where that was short: it tells so, and that none was lost or late. */
  const madeUpMs = async (): Promise<number> => {
    await phone.stop();
    const { madeUp = 0, ...wrong } = accountOf([...phone.lines, ...phone.errorLines]) ?? {};
    assert.deepEqual(wrong, { lost: 0, late: 0, overflown: 0 });
    assert.ok(madeUp <= 2, `${madeUp} packets made up`);
    return madeUp * 20;
  };
  const heard = [
    { where: "at the host", recording: atHost, frequencyHz: 660, amplitude },
    { where: "at linphone", recording: atPhone, frequencyHz: 440, amplitude, madeUpMs },
  ];
  await assertWholeTones(heard, stalls, 3);
  peer.close();
  await Promise.all([...tones.map((tone) => tone.stop()), atHost.stop(), atPhone.stop()]);
});

/** RTP and RTCP each by ports of their own within the range, marked, and nothing else. */
function assertPackets(packets: readonly Packet[], answer: string): void {
  const port = Number(answer.match(/m=audio (\d+) /)?.[1]);
  assert.ok(port >= ports.first && port < ports.last && port % 2 === 0, `${port}`);
  const address = answer.match(/c=IN IP4 (\S+)\r\n/)?.[1] ?? "";
  assert.ok(answer.includes(`a=rtcp:${port + 1} IN IP4 ${address}\r\n`), answer);
  assert.deepEqual([...new Set(packets.filter((packet) => packet.destinationPort === port).map((packet) => packet.destination))], [address]);
  const of = (kind: string, at: "sourcePort" | "destinationPort", where: number): Packet[] =>
    packets.filter((packet) => packet[at] === where && classify(packet.payload) === kind);
  for (const direction of ["sourcePort", "destinationPort"] as const) {
    assert.ok(of("rtp", direction, port).length > 40 * seconds, `RTP, ${direction}`);
    assert.ok(of("rtcp", direction, port + 1).length > 0, `RTCP, ${direction}`);
    assert.equal(of("rtcp", direction, port).length, 0, `RTCP by RTP's port, ${direction}`);
  }
  assert.deepEqual([...new Set(packets.filter((packet) => [port, port + 1].includes(packet.sourcePort)).map((packet) => packet.dscp))], [46]);
  assert.ok(packets.every((packet) => ["rtp", "rtcp"].includes(classify(packet.payload))), "neither STUN nor DTLS");
}

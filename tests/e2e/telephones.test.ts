import { type HostTicketGranted } from "#protocol";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { HostConnection, openLoopback, redirect, type Redirected } from "../../web/redirect/index.ts";
import { freePort, startBaresip } from "../support/baresip.ts";
import { Capture, classify, type Packet } from "../support/capture.ts";
import { Host } from "../support/host.ts";
import { makeRunFolder } from "../support/paths.ts";
import { endAll } from "../support/processes.ts";
import { SoundServer } from "../support/pulse.ts";
import { Service } from "../support/service.ts";
import { followTone, type Presence } from "../support/signal.ts";
import { SipAnswerer } from "../support/sip_answerer.ts";
import { StallWatch } from "../support/stalls.ts";
import { confirmPairing, signInRaw } from "../support/wire.ts";

/** Native hosts in calls with an end that is no browser: baresip, which knows neither ICE nor DTLS here, with SRTP by SDES or none and RTCP on its own port. */

const logs = makeRunFolder("telephones");
const amplitude = 0.25;
const [ports, portRange] = [{ first: 56_100, last: 56_199 }, "56100-56199"];
let stalls: StallWatch;
let sip: SipAnswerer;
let hostSound: SoundServer;
let phoneSound: SoundServer;
let usual: Endpoint;
/** Whose owner lets it talk in the clear. */
let lenient: Endpoint;

interface Endpoint {
  host: Host;
  webrtc: Redirected;
}

before(async () => {
  const service = await Service.start({ logs });
  stalls = await StallWatch.start(logs);
  sip = await SipAnswerer.start();
  [hostSound, phoneSound] = await Promise.all([SoundServer.start("host", logs), SoundServer.start("phone", logs)]);
  const { wire } = await signInRaw(service.url, "alice", "sidetone");
  const start = async (name: string, ...more: string[]): Promise<Endpoint> => {
    const words = ["--port-range", portRange, "--log-level", "debug", ...more];
    const host = new Host({ name, logs, service: service.url, sound: hostSound, arguments: words });
    await confirmPairing(wire, await host.pairingCode());
    const { host: id } = await host.signedIn();
    await host.hasDevices();
    const connection = new HostConnection(async () => {
      const { p: port, k: ticket } = await wire.ask<HostTicketGranted>({ t: "host_ticket", h: id } as { t: string });
      return openLoopback((url, protocols) => new WebSocket(url, protocols), port, ticket);
    });
    return { host, webrtc: redirect(connection) };
  };
  usual = await start("usual");
  lenient = await start("lenient", "--clear-rtp");
});
after(endAll);

/** Within 3 % of what was sent, and never gone for more than 20 ms. */
function assertWhole(where: string, found: Presence | undefined, seconds: number, stalledMs: number): void {
  const told = `${where}: ${JSON.stringify(found)}; the machine stood still for ${stalledMs} ms`;
  assert.ok(found !== undefined, `no tone ${where}`);
  assert.ok(found.end - found.start > (seconds - 0.04) * 48_000, told);
  assert.ok(Math.abs(found.amplitude / amplitude - 1) <= 0.03, told);
  assert.ok(found.longestGapMs <= 20 + stalledMs, told);
}

const seconds = 5;
for (const { codec, module, encrypted } of [
  { codec: "PCMU/8000/1", module: "g711", encrypted: true },
  { codec: "G722/16000/1", module: "g722", encrypted: true },
  { codec: "opus/48000/2", module: "opus", encrypted: true },
  { codec: "PCMA/8000/1", module: "g711", encrypted: false },
]) {
  test(`${codec} both ways ${encrypted ? "with SRTP by SDES" : "in the clear, where that is allowed"}, RTCP on its own port, and marks`, async () => {
    const { host, webrtc } = encrypted ? usual : lenient;
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
    const peer = new webrtc.RTCPeerConnection();
    const [track] = (await webrtc.mediaDevices.getUserMedia({ audio: true })).getAudioTracks();
    assert.ok(track);
    peer.addTrack(track);
    await peer.setRemoteDescription({ type: "offer", sdp: invitation.offer });
    await peer.setLocalDescription();
    const answer = peer.localDescription?.sdp ?? "";
    await invitation.accept(answer);
    await phone.line(/Call established/);
    assert.equal(peer.connectionState, "connected");

    const [atHost, atPhone] = [hostSound.record(), phoneSound.record()];
    const tones = [await hostSound.hum(440, amplitude), await phoneSound.hum(660, amplitude)];
    await Promise.all([atPhone.hears(440), atHost.hears(660)]);
    const { measured, stalledMs } = await stalls.undisturbed(async () => {
      await Promise.all([atHost.listen(seconds), atPhone.listen(seconds)]);
      return { atHost: followTone(atHost.latest(seconds), 660), atPhone: followTone(atPhone.latest(seconds), 440) };
    });
    assertWhole("at the host", measured.atHost, seconds, stalledMs);
    assertWhole("at the telephone", measured.atPhone, seconds, stalledMs);
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

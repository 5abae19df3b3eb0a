// Alone: a far end, or the wire to it, is this program, which does not run in real time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type PeerConnection } from "../../web/redirect/index.ts";
import { type FarPeer } from "../support/far_peer.ts";
import { libwebrtcPeer } from "../support/libwebrtc_peer.ts";
import { makeRunFolder } from "../support/paths.ts";
import { endAll } from "../support/processes.ts";
import { connected, described, startLoneHost } from "../support/redirected_host.ts";
import { StallWatch } from "../support/stalls.ts";
import { weriftPeer } from "../support/werift_peer.ts";
import { assertWholeTones } from "../support/whole_tone.ts";

/** Native hosts in calls with WebRTC of two libraries that programs of others are made of: each as caller and as callee, DTLS's server and its client. */

const logs = makeRunFolder("libraries");
const [amplitude, seconds] = [0.25, 2];
let stalls: StallWatch;
let host: Awaited<ReturnType<typeof startLoneHost>>;

before(async () => {
  stalls = await StallWatch.start(logs);
  host = await startLoneHost(logs);
});
after(endAll);

async function dtlsRole(peer: PeerConnection): Promise<unknown> {
  const transport = ([...(await peer.getStats()).values()] as { type: string; dtlsRole?: string }[]).find((one) => one.type === "transport");
  return transport?.dtlsRole;
}

/** A loudspeaker of the host's sound for each call, and what is heard there. */
const callers = [
  { name: "called by it", sink: "speaker", frequencyHz: 660, role: "client" },
  { name: "calling it", sink: "laptop", frequencyHz: 880, role: "server" },
] as const;

for (const { name, make } of [
  { name: "werift, PCMA", make: (_role: string, frequencyHz: number) => weriftPeer(frequencyHz, amplitude) },
  { name: "libwebrtc, Opus", make: (role: string, frequencyHz: number) => libwebrtcPeer(`libwebrtc-${role}`, logs, frequencyHz, amplitude) },
]) {
  test(`${name}: a host called by it and calling it at once, tones both ways`, async () => {
    const calls = await Promise.all(
      callers.map(async ({ name: caller, sink, frequencyHz, role }) => {
        const far: FarPeer = make(role, frequencyHz);
        const peer = await host.speaker();
        const [transceiver] = peer.getTransceivers();
        await transceiver?.receiver.setPlayout({ deviceId: await deviceId(sink) });
        if (role === "client") {
          await peer.setRemoteDescription({ type: "offer", sdp: await far.offer() });
          await far.accept(await described(peer));
        } else {
          await peer.setRemoteDescription({ type: "answer", sdp: await far.answer(await described(peer)) });
        }
        await connected(peer);
        assert.equal(await dtlsRole(peer), role);
        return { caller, far, peer, frequencyHz, recorder: host.sound.record(`${sink}.monitor`) };
      }),
    );
    const hum = await host.sound.hum(440, amplitude);
    await assertWholeTones(
      calls.flatMap(({ caller, far, frequencyHz, recorder }) => [
        { where: `at a host ${caller}`, recording: recorder, frequencyHz, amplitude },
        { where: `at the library, from a host ${caller}`, recording: far.recording, frequencyHz: 440, amplitude },
      ]),
      stalls,
      seconds,
    );
    for (const { peer } of calls) peer.close();
    await Promise.all([hum.stop(), ...calls.flatMap(({ far, recorder }) => [far.close(), recorder.stop()])]);
  });
}

/** Of a loudspeaker, as mediaDevices knows it. */
async function deviceId(sink: "speaker" | "laptop"): Promise<string> {
  const label = { speaker: "Headset_Speaker", laptop: "Laptop_Speaker" }[sink];
  const devices = await host.webrtc.mediaDevices.enumerateDevices();
  return devices.find((device) => device.kind === "audiooutput" && device.label === label)?.deviceId ?? assert.fail(`no ${label} in ${JSON.stringify(devices)}`);
}

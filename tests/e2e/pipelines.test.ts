// Alone: a far end, or the wire to it, is this program, which does not run in real time.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { startPipeline } from "../support/gstreamer.ts";
import { LossyWire } from "../support/lossy_wire.ts";
import { makeRunFolder } from "../support/paths.ts";
import { freePort } from "../support/ports.ts";
import { endAll, until } from "../support/processes.ts";
import { startLoneHost } from "../support/redirected_host.ts";
import { sampleRate, tone } from "../support/signal.ts";
import { StallWatch } from "../support/stalls.ts";
import { assertWholeTones } from "../support/whole_tone.ts";

/** Native hosts in calls with GStreamer, which negotiates nothing: its codec, its addresses and the keys of SRTP are told to it. */

const logs = makeRunFolder("pipelines");
const [payloadType, amplitude, seconds] = [96, 0.25, 3];
let stalls: StallWatch;
let host: Awaited<ReturnType<typeof startLoneHost>>;

before(async () => {
  stalls = await StallWatch.start(logs);
  host = await startLoneHost(logs);
});
after(endAll);

/** Of speech, to an encoder: in what goes on unchanged it sees a noise, which is worth no redundancy. */
const bursts = { onMs: 300, everyMs: 400 };
function repeated(frequencyHz: number, length: number): Float32Array {
  const burst = new Float32Array((bursts.everyMs * sampleRate) / 1000);
  burst.set(tone(frequencyHz, bursts.onMs / 1000, amplitude));
  const all = new Float32Array(length * sampleRate);
  for (let at = 0; at + burst.length <= all.length; at += burst.length) all.set(burst, at);
  return all;
}

/** By the far end, 0 … 1. */
function lossReported(stats: RTCStatsReport): number {
  const report = ([...stats.values()] as { type: string; fractionLost?: number }[]).find((one) => one.type === "remote-inbound-rtp");
  return report?.fractionLost ?? 0;
}

for (const { each, mki } of [{ each: 0 }, { each: 8, mki: Buffer.from([0, 0, 0, 1]) }]) {
  const lossy = each > 0;
  test(`GStreamer: Opus both ways with a fixed SRTP key${lossy ? ` that packets name, each ${each}th packet of a sound lost and made good by in-band FEC` : ""}`, async () => {
    const listen = { rtp: await freePort(), rtcp: await freePort() };
    const path = await LossyWire.start(listen, each);
    const key = randomBytes(30);
    const offer = [
      ...["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"],
      ...[`m=audio ${path.port} RTP/SAVP ${payloadType}`, `a=rtpmap:${payloadType} opus/48000/2`, `a=fmtp:${payloadType} useinbandfec=1`],
      ...[`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key.toString("base64")}${mki ? `|2^31|1:${mki.length}` : ""}`, ""],
    ].join("\r\n");
    const peer = await host.speaker();
    await peer.setRemoteDescription({ type: "offer", sdp: offer });
    await peer.setLocalDescription();
    const answer = peer.localDescription?.sdp ?? "";
    const told = (pattern: RegExp): string => answer.match(pattern)?.[1] ?? assert.fail(`${pattern} in ${answer}`);
    path.connect({ rtp: Number(told(/^m=audio (\d+) /m)), rtcp: Number(told(/^a=rtcp:(\d+) /m)) });
    const pipeline = startPipeline({
      name: `gstreamer-${each}`,
      logs,
      keys: { sent: key, received: Buffer.from(told(/^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:([^|\s]+)/m), "base64") },
      ...(mki === undefined ? {} : { mki }),
      payloadType,
      remoteSource: Number(told(/^a=ssrc:(\d+) /m)),
      listen,
      sendTo: path.port,
      tone: { frequencyHz: 660, amplitude, ...(lossy ? { bursts } : {}) },
    });

    const atHost = host.sound.record();
    const hum = lossy ? host.sound.speak(repeated(440, 30)) : await host.sound.hum(440, amplitude);
    if (lossy) await until("GStreamer's report of what is lost", async () => (lossReported(await peer.getStats()) > 0 ? true : undefined));
    const pauseMs = lossy ? bursts.everyMs - bursts.onMs : 0;
    await assertWholeTones(
      [
        { where: "at the host", recording: atHost, frequencyHz: 660, amplitude, pauseMs },
        { where: "at GStreamer", recording: pipeline.recording, frequencyHz: 440, amplitude, pauseMs },
      ],
      stalls,
      seconds,
    );
    assert.ok(path.lost > 0 === lossy, `${path.lost} packets were lost`);
    peer.close();
    await Promise.all([hum.stop(), atHost.stop(), pipeline.program.stop()]);
  });
}

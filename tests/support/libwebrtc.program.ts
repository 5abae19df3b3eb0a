import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { ToneClock } from "./far_peer.ts";
import { sampleRate } from "./signal.ts";

/**
 * libwebrtc (@roamhq/wrtc) in a process of its own, in which it may stay: one that has used it neither ends by itself nor without a crash. Arguments: the
 * frequency, Hz, and the amplitude of the tone that it sends. Standard input: a line of JSON each for what is to be done; standard error: a line each that
 * tells what came of it; standard output: what it hears, 16-bit samples at 48 kHz.
 */

// The package is CommonJS; its types say otherwise.
const wrtc = createRequire(import.meta.url)("@roamhq/wrtc") as typeof import("@roamhq/wrtc");

const [frequencyHz = 0, amplitude = 0] = process.argv.slice(2).map(Number);
const blockMs = 10;

const peer = new wrtc.RTCPeerConnection();
const source = new wrtc.nonstandard.RTCAudioSource();
peer.addTrack(source.createTrack());
new ToneClock(sampleRate, blockMs, frequencyHz, amplitude, (samples) =>
  source.onData({ samples, sampleRate, bitsPerSample: 16, channelCount: 1, numberOfFrames: samples.length }),
);
peer.ontrack = ({ track }) => {
  const sink = new wrtc.nonstandard.RTCAudioSink(track);
  sink.ondata = ({ samples, sampleRate: rate, channelCount = 1 }: { samples: Int16Array; sampleRate: number; channelCount?: number }) => {
    if (rate !== sampleRate) return; // silence, before anything has come
    process.stdout.write(Buffer.from(samples.filter((_, i) => i % channelCount === 0).buffer));
  };
};

async function gathered(description: RTCSessionDescriptionInit): Promise<string> {
  await peer.setLocalDescription(description);
  if (peer.iceGatheringState !== "complete")
    await new Promise<void>((resolve) => {
      peer.onicegatheringstatechange = () => {
        if (peer.iceGatheringState === "complete") resolve();
      };
    });
  return peer.localDescription?.sdp ?? "";
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { type, sdp } = JSON.parse(line) as { type: "call" | "offer" | "answer"; sdp: string };
  void (async () => {
    if (type === "call") return gathered(await peer.createOffer());
    await peer.setRemoteDescription({ type, sdp });
    return type === "offer" ? gathered(await peer.createAnswer()) : "";
  })().then((described) => process.stderr.write(`${JSON.stringify({ done: type, sdp: described })}\n`));
});

import { join } from "node:path";
import { type FarPeer } from "./far_peer.ts";
import { root } from "./paths.ts";
import { ofAnotherMachine, Program } from "./processes.ts";
import { Recording } from "./recording.ts";

const bundle = join(root, "build/web-tests/support/libwebrtc.program.mjs");

/** libwebrtc under node: its Opus, its jitter buffer. */
export function libwebrtcPeer(name: string, logs: string, frequencyHz: number, amplitude: number): FarPeer {
  const program = new Program({ name, command: process.execPath, args: [bundle, `${frequencyHz}`, `${amplitude}`], logs, binary: true, prefix: ofAnotherMachine });
  const recording = new Recording();
  program.bytes.on("data", (chunk: Buffer) => recording.append(chunk));
  const ask = async (type: "call" | "offer" | "answer", sdp = ""): Promise<string> => {
    program.input.write(`${JSON.stringify({ type, sdp })}\n`);
    const { sdp: described = "" } = await program.event<{ done: string; sdp: string }>((event) => event.done === type, `the end of ${type}`);
    return described;
  };
  return {
    recording,
    offer: () => ask("call"),
    answer: (offer) => ask("offer", offer),
    accept: async (answer) => void (await ask("answer", answer)),
    close: async () => void (await program.stop("SIGKILL")),
  };
}

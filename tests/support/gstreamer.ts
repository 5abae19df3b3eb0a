import { ofAnotherMachine, Program } from "./processes.ts";
import { Recording } from "./recording.ts";
import { sampleRate } from "./signal.ts";

export interface PipelineOptions {
  name: string;
  logs: string;
  /** SRTP master key and salt of each direction, 30 bytes. */
  keys: { sent: Buffer; received: Buffer };
  /** Master key identifier of both, which each packet carries. */
  mki?: Buffer;
  payloadType: number;
  /** Of what it receives: SRTP's keys belong to sources. */
  remoteSource: number;
  /** Where it listens. */
  listen: { rtp: number; rtcp: number };
  /** Where it sends to; RTCP by the next port. */
  sendTo: number;
  tone: { frequencyHz: number; amplitude: number; bursts?: { onMs: number; everyMs: number } };
}

/** GStreamer's RTP, SRTP (AES-CM, HMAC-SHA1-80) and Opus as one end of a call, all of it told from outside: a tone is sent, what comes is recorded. */
export function startPipeline(options: PipelineOptions): { program: Program; recording: Recording } {
  const { keys, listen, sendTo, tone } = options;
  const suite = ["srtp", "srtcp"].map((one) => `${one}-cipher=(string)aes-128-icm,${one}-auth=(string)hmac-sha1-80`).join(",");
  const mki = options.mki?.toString("hex");
  const named = mki === undefined ? { sent: "", received: "" } : { sent: ` mki=${mki}`, received: `,mki=(buffer)${mki}` };
  const key = `ssrc=(uint)${options.remoteSource},srtp-key=(buffer)${keys.received.toString("hex")}${named.received},${suite}`;
  const codec = `media=(string)audio,clock-rate=(int)48000,encoding-name=(string)OPUS,payload=(int)${options.payloadType}`;
  const { bursts } = tone;
  const periods = ({ onMs, everyMs }: NonNullable<typeof bursts>): string =>
    `sine-periods-per-tick=${Math.round((onMs * tone.frequencyHz) / 1000)} tick-interval=${everyMs * 1e6}`;
  const wave = bursts === undefined ? "wave=sine" : `wave=ticks apply-tick-ramp=true ${periods(bursts)}`;
  const at = (port: number): string => `host=127.0.0.1 port=${port} sync=false async=false`;
  const parts = [
    `rtpbin name=rtp latency=60 do-lost=true`,
    `srtpenc name=seal key=${keys.sent.toString("hex")}${named.sent}`,
    `srtpdec name=open`,
    `audiotestsrc is-live=true samplesperbuffer=480 freq=${tone.frequencyHz} volume=${tone.amplitude} ${wave} ! audio/x-raw,rate=${sampleRate},channels=1`,
    // A voice to the encoder: what it takes for music has no redundancy.
    `! opusenc audio-type=voice bandwidth=wideband bitrate-type=vbr bitrate=24000 inband-fec=true packet-loss-percentage=20`,
    `! rtpopuspay pt=${options.payloadType} ! rtp.send_rtp_sink_0`,
    `rtp.send_rtp_src_0 ! seal.rtp_sink_0 seal.rtp_src_0 ! udpsink ${at(sendTo)}`,
    `rtp.send_rtcp_src_0 ! seal.rtcp_sink_0 seal.rtcp_src_0 ! udpsink ${at(sendTo + 1)}`,
    `udpsrc address=127.0.0.1 port=${listen.rtp} caps=application/x-srtp,${codec},${key} ! open.rtp_sink open.rtp_src ! rtp.recv_rtp_sink_0`,
    `udpsrc address=127.0.0.1 port=${listen.rtcp} caps=application/x-srtcp,${key} ! open.rtcp_sink open.rtcp_src ! rtp.recv_rtcp_sink_0`,
    `rtp. ! rtpopusdepay ! opusdec use-inband-fec=true plc=true ! audioconvert ! audio/x-raw,format=S16LE,rate=${sampleRate},channels=1 ! fdsink fd=1 sync=false`,
  ];
  const args = ["-q", ...parts.join(" ").split(" ")];
  const program = new Program({ name: options.name, command: "gst-launch-1.0", args, logs: options.logs, binary: true, prefix: ofAnotherMachine });
  const recording = new Recording();
  program.bytes.on("data", (chunk: Buffer) => recording.append(chunk));
  return { program, recording };
}

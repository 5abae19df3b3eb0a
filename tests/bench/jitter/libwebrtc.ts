import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

/** libwebrtc (M106, in @roamhq/wrtc) as sender and receiver, in real time; its packets go through a relay that does to them what a trace says. */

// The package is CommonJS; its types say otherwise.
const wrtc = createRequire(import.meta.url)("@roamhq/wrtc") as typeof import("@roamhq/wrtc");

const sampleRate = 48_000;
const blockMs = 10;
const blockSamples = (sampleRate * blockMs) / 1000;
const packetMs = 20;
const packetSamples = (sampleRate * packetMs) / 1000;

/** What the network does: packets that arrive, and how long each is under way; those that are not named are lost. */
export interface Trace {
  case: string;
  drift_ppm: number;
  /** More than none: both sides prefer RFC 2198; libwebrtc chooses its own depth. */
  red_depth: number;
  arrivals: readonly (readonly [packet: number, delayMs: number])[];
}

export interface Heard {
  /** 48 kHz, from the moment at which the first sample was given to the sender. */
  samples: Float32Array;
  conceal_pct: number;
  inserted_pct: number;
  removed_pct: number;
  lost_pct: number;
}

interface Address {
  address: string;
  port: number;
}

/** RFC 7983: first octets 128 to 191 are RTP and RTCP, and RTCP has its packet type where RTP has its payload type. */
function isRtp(packet: Buffer): boolean {
  return packet.length >= 12 && packet[0]! >= 128 && packet[0]! < 192 && !(packet[1]! >= 192 && packet[1]! <= 223);
}

/** Two sockets between two peers. RTP from the first to the second goes by the trace, everything else at once. */
class Relay {
  readonly #towardsSender: Socket = createSocket("udp4");
  readonly #towardsReceiver: Socket = createSocket("udp4");
  readonly #delays: Map<number, number>;
  readonly #speed: number;
  #sender: Address | undefined;
  #receiver: Address | undefined;
  #queue: { due: number; packet: Buffer }[] = [];
  #firstTimestamp: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  seen = 0;
  lost = 0;
  /** When the sender's first block was captured, ms of performance.now(). */
  began = 0;

  private constructor(trace: Trace) {
    this.#delays = new Map(trace.arrivals.map(([packet, delay]) => [packet, delay]));
    this.#speed = 1 + trace.drift_ppm * 1e-6;
  }

  static async make(trace: Trace): Promise<Relay> {
    const relay = new Relay(trace);
    for (const socket of [relay.#towardsSender, relay.#towardsReceiver]) {
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
    }
    relay.#towardsSender.on("message", (packet, from) => relay.#fromSender(packet, from));
    relay.#towardsReceiver.on("message", (packet, from) => {
      relay.#receiver = from;
      relay.#send(relay.#towardsSender, packet, relay.#sender);
    });
    relay.#timer = setInterval(() => relay.#deliver(), 1);
    return relay;
  }

  #send(socket: Socket, packet: Buffer, to: Address | undefined): void {
    if (to !== undefined) socket.send(packet, to.port, to.address);
  }

  #fromSender(packet: Buffer, from: RemoteInfo): void {
    this.#sender = from;
    if (!isRtp(packet)) return this.#send(this.#towardsReceiver, packet, this.#receiver);
    const timestamp = packet.readUInt32BE(4);
    this.#firstTimestamp ??= timestamp;
    // Not by the sequence number: packets that probe the bandwidth count in it and bear the timestamp of the last sound.
    const index = ((timestamp - this.#firstTimestamp) >>> 0) / packetSamples;
    this.seen++;
    const delay = this.#delays.get(index);
    if (delay === undefined) {
      this.lost++;
      return;
    }
    // By the sender's clock, so that what this process is late with its blocks is no jitter.
    const due = this.began + (blockMs + index * packetMs) / this.#speed + delay;
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1]!.due > due) at--;
    this.#queue.splice(at, 0, { due, packet: Buffer.from(packet) });
    this.#deliver();
  }

  #deliver(): void {
    const now = performance.now();
    while (this.#queue.length > 0 && this.#queue[0]!.due <= now) this.#send(this.#towardsReceiver, this.#queue.shift()!.packet, this.#receiver);
  }

  /** A description whose only way to its author is this relay. */
  through(sdp: string, side: "sender" | "receiver"): string {
    const socket = side === "sender" ? this.#towardsReceiver : this.#towardsSender;
    const { port } = socket.address() as AddressInfo;
    let found = false;
    const lines = sdp.split("\r\n").flatMap((line) => {
      if (!line.startsWith("a=candidate:")) return [line];
      const fields = line.split(" ");
      if (found || fields[2]?.toLowerCase() !== "udp" || !/^\d+(\.\d+){3}$/.test(fields[4] ?? "")) return [];
      found = true;
      const own = { address: fields[4]!, port: Number(fields[5]) };
      if (side === "sender") this.#sender = own;
      else this.#receiver = own;
      fields[4] = "127.0.0.1";
      fields[5] = String(port);
      return [fields.join(" ")];
    });
    if (!found) throw new Error(`the ${side} has no UDP candidate of IPv4`);
    return lines.join("\r\n");
  }

  close(): void {
    clearInterval(this.#timer);
    this.#towardsSender.close();
    this.#towardsReceiver.close();
  }
}

/** RFC 8866 §5.14: the format that comes first is preferred. */
function withRedFirst(sdp: string): string {
  const red = /^a=rtpmap:(\d+) red\/48000/m.exec(sdp)?.[1];
  if (red === undefined) throw new Error("libwebrtc does not offer RED");
  return sdp.replace(/^(m=audio \S+ \S+)(.*)$/m, (_, head: string, formats: string) => {
    const others = formats.trim().split(" ").filter((format) => format !== red);
    return `${head} ${[red, ...others].join(" ")}`;
  });
}

async function gathered(peer: RTCPeerConnection): Promise<string> {
  if (peer.iceGatheringState !== "complete") {
    await new Promise<void>((resolve) => {
      peer.onicegatheringstatechange = () => {
        if (peer.iceGatheringState === "complete") resolve();
      };
    });
  }
  return peer.localDescription!.sdp;
}

interface InboundStats {
  totalSamplesReceived: number;
  concealedSamples: number;
  insertedSamplesForDeceleration: number;
  removedSamplesForAcceleration: number;
}

async function inbound(peer: RTCPeerConnection): Promise<InboundStats> {
  let found: InboundStats | undefined;
  (await peer.getStats()).forEach((entry: RTCStats) => {
    if (entry.type === "inbound-rtp") found = entry as RTCStats & InboundStats;
  });
  if (found === undefined) throw new Error("libwebrtc has no statistics of an inbound stream");
  return found;
}

/** Blocks by the moments at which they came, on an even clock: a block may be handed over late, never early. */
function onOneClock(blocks: readonly { at: number; samples: Int16Array }[], began: number): Float32Array {
  const perWindow = 1000 / blockMs;
  const last = blocks.at(-1);
  const out = new Float32Array(last === undefined ? 0 : Math.ceil(last.at - began + 2 * blockMs) * (sampleRate / 1000));
  for (let first = 0; first < blocks.length; first += perWindow) {
    const window = blocks.slice(first, first + perWindow);
    const start = Math.min(...window.map(({ at }, i) => at - began - i * blockMs));
    window.forEach(({ samples }, i) => {
      const at = Math.round((start + i * blockMs) * (sampleRate / 1000));
      samples.forEach((value, k) => {
        if (at + k >= 0 && at + k < out.length) out[at + k] = value / 32768;
      });
    });
  }
  return out;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** @param settledMs  what comes before is left out of the counts. */
export async function throughLibwebrtc(speech: Int16Array, trace: Trace, seconds: number, settledMs: number): Promise<Heard> {
  const relay = await Relay.make(trace);
  const [sender, receiver] = [new wrtc.RTCPeerConnection(), new wrtc.RTCPeerConnection()];
  const source = new wrtc.nonstandard.RTCAudioSource();
  sender.addTrack(source.createTrack());
  const blocks: { at: number; samples: Int16Array }[] = [];
  let sink: InstanceType<typeof wrtc.nonstandard.RTCAudioSink> | undefined;
  receiver.ontrack = ({ track }) => {
    sink = new wrtc.nonstandard.RTCAudioSink(track);
    sink.ondata = ({ samples, sampleRate: rate }: { samples: Int16Array; sampleRate: number }) => {
      // It begins with silence of another rate, before its decoder has one.
      const known = rate === sampleRate;
      blocks.push({ at: performance.now(), samples: known ? Int16Array.from(samples) : new Int16Array(blockSamples) });
    };
  };
  await sender.setLocalDescription(await sender.createOffer());
  const preferred = trace.red_depth > 0 ? withRedFirst : (sdp: string): string => sdp;
  await receiver.setRemoteDescription({ type: "offer", sdp: preferred(relay.through(await gathered(sender), "sender")) });
  await receiver.setLocalDescription(await receiver.createAnswer());
  await sender.setRemoteDescription({ type: "answer", sdp: preferred(relay.through(await gathered(receiver), "receiver")) });
  while (sender.connectionState !== "connected" || receiver.connectionState !== "connected") {
    if (sender.connectionState === "failed") throw new Error("libwebrtc does not connect through the relay");
    await pause(20);
  }

  const speed = 1 + trace.drift_ppm * 1e-6;
  const began = performance.now();
  relay.began = began;
  let given = 0;
  const feeder = setInterval(() => {
    for (; performance.now() >= began + (given * blockMs) / speed; given++) {
      const samples = new Int16Array(blockSamples);
      for (let i = 0; i < blockSamples; i++) samples[i] = speech[(given * blockSamples + i) % speech.length]!;
      source.onData({ samples, sampleRate, bitsPerSample: 16, channelCount: 1, numberOfFrames: blockSamples });
    }
  }, 1);
  await pause(settledMs);
  const before = await inbound(receiver);
  await pause(began + seconds * 1000 - performance.now());
  const after = await inbound(receiver);
  clearInterval(feeder);
  sink?.stop();
  sender.close();
  receiver.close();
  relay.close();
  const share = (key: keyof InboundStats): number => (100 * (after[key] - before[key])) / (after.totalSamplesReceived - before.totalSamplesReceived);
  return {
    samples: onOneClock(blocks, began),
    conceal_pct: share("concealedSamples"),
    inserted_pct: share("insertedSamplesForDeceleration"),
    removed_pct: share("removedSamplesForAcceleration"),
    lost_pct: (100 * relay.lost) / relay.seen,
  };
}

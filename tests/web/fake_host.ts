import type { ClientToHostMessage, Envelope, HostToClientMessage, PeerInfo, Transceiver } from "#protocol";
import { HostConnection, type HostTransport, redirect } from "../../web/redirect/index.ts";

interface FakePeer {
  info: PeerInfo;
  local: string | null;
  remote: string | null;
}

type Answer = HostToClientMessage | { t: "error"; c: string; x: string };

const sdpOf = (transceivers: Transceiver[], channels: number, version: number) =>
  [
    "v=0",
    `o=- ${version} 1 IN IP4 0.0.0.0`,
    "a=fingerprint:sha-256 AA:BB",
    ...transceivers.flatMap((one, index) => ["m=audio 9 UDP/TLS/RTP/SAVPF 111 110", "a=rtpmap:110 telephone-event/48000", `a=mid:${index}`, `a=${one.y}`, "a=msid:stream track"]),
    ...(channels > 0 ? ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", `a=mid:${transceivers.length}`] : []),
    "",
  ].join("\r\n");

/** A native host in memory: answers as one does, and says what the test tells it to. */
export class FakeHost {
  readonly received: ClientToHostMessage[] = [];
  readonly peers = new Map<string, FakePeer>();
  readonly tracks = new Map<string, { device: string; enabled: boolean }>();
  /** Answers to requests of these types are held back until `release`. */
  readonly hold = new Set<string>();
  /** Requests of these types are refused with this code. */
  readonly refuse = new Map<string, string>();
  microphones = ["mic"];
  opened = 0;
  /** How often a client has closed its way to here. */
  closed = 0;
  stats: object[] = [{ id: "T", type: "transport", timestamp: 1 }];
  #transport: HostTransport | null = null;
  #earlier: HostTransport[] = [];
  #held: (() => void)[] = [];
  #waiting = new Set<() => void>();
  #version = 0;
  unreachable = "";

  connection(): HostConnection {
    return new HostConnection(async () => {
      if (this.unreachable) throw new Error(this.unreachable);
      ++this.opened;
      const transport: HostTransport = { send: (text) => this.#receive(JSON.parse(text)), close: () => ++this.closed, onmessage: null, onclose: null };
      if (this.#transport) this.#earlier.push(this.#transport);
      this.#transport = transport;
      return transport;
    });
  }

  /** For a way in that is not a HostConnection's own: @returns what takes a client's message. */
  accept(send: (text: string) => void): (text: string) => void {
    this.#transport = { send: () => undefined, close: () => undefined, onmessage: send, onclose: null };
    return (text) => this.#receive(JSON.parse(text));
  }

  say(message: HostToClientMessage, request?: number): void {
    this.#transport?.onmessage?.(JSON.stringify({ ...message, r: request }));
  }
  /** By a way that the client has left for another. */
  sayLate(message: HostToClientMessage): void {
    for (const transport of this.#earlier) transport.onmessage?.(JSON.stringify(message));
  }
  loseLate(): void {
    for (const transport of this.#earlier) transport.onclose?.("late");
  }
  sayText(text: string): void {
    this.#transport?.onmessage?.(text);
  }
  lose(reason: string): void {
    const transport = this.#transport;
    this.#transport = null;
    transport?.onclose?.(reason);
  }
  release(): void {
    this.hold.clear();
    for (const answer of this.#held.splice(0)) answer();
  }
  only(): FakePeer {
    const [peer] = this.peers.values();
    if (!peer) throw new Error("there is no peer");
    return peer;
  }
  requests(type: ClientToHostMessage["t"]): ClientToHostMessage[] {
    return this.received.filter((one) => one.t === type);
  }

  /** Wait until the host has received what makes this true. */
  until(predicate: () => boolean, description: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the host has waited in vain: ${description}`)), 15_000);
      const check = () => {
        if (!predicate()) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  #receive(message: ClientToHostMessage & Envelope): void {
    this.received.push(message);
    const missing = (message.t === "track_capture" || message.t === "track_set") && message.i && ![...this.microphones, "music"].includes(message.i);
    const code = this.refuse.get(message.t) ?? (missing ? "unavailable" : undefined);
    const answer: Answer = code ? { t: "error", c: code, x: `${message.t} refused` } : this.#carryOut(message);
    const send = () => queueMicrotask(() => this.say(answer as HostToClientMessage, message.r));
    if (this.hold.has(message.t)) this.#held.push(send);
    else send();
    for (const check of [...this.#waiting]) check();
  }

  #carryOut(message: ClientToHostMessage): Answer {
    const peer = "p" in message ? this.peers.get(message.p) : undefined;
    if ("p" in message && !peer && message.t !== "peer_create") return { t: "error", c: "not_found", x: "no such peer" };
    switch (message.t) {
      case "attach":
        return { t: "attached", v: 1, x: "1", n: "fake", l: [...this.peers.values()].map((one) => one.info), d: [] };
      case "peer_create":
        this.peers.set(message.p, { info: { p: message.p, g: message.g, s0: "stable", y: "new", z: "new", w: "new", l: [], d: [] }, local: null, remote: null });
        return { t: "ok" };
      case "transceiver_add":
        peer?.info.l?.push({ m: "", y: message.y, k: message.k });
        return { t: "transceivers", p: message.p, l: peer?.info.l };
      case "transceiver_set": {
        const transceiver = peer?.info.l?.[message.l];
        if (transceiver && message.y) transceiver.y = message.y;
        if (transceiver && message.k !== undefined) transceiver.k = message.k;
        return { t: "transceivers", p: message.p, l: peer?.info.l };
      }
      case "offer_create":
      case "answer_create":
        return { t: "description", p: message.p, y: message.t === "offer_create" ? "offer" : "answer", o: this.#sdp(peer) };
      case "local_set": {
        const kind = message.y ?? (peer?.info.s0 === "have-remote-offer" ? "answer" : "offer");
        if (peer) peer.info.s0 = kind === "offer" ? "have-local-offer" : "stable";
        for (const [index, one] of (peer?.info.l ?? []).entries()) one.m = String(index);
        return { t: "description", p: message.p, y: kind, o: message.o ?? this.#sdp(peer) };
      }
      case "remote_set":
        if (peer) {
          peer.info.s0 = message.y === "offer" ? "have-remote-offer" : "stable";
          const audio = (message.o.match(/^m=audio/gm) ?? []).length;
          while ((peer.info.l?.length ?? 0) < audio) peer.info.l?.push({ m: "", y: "recvonly" });
          for (const [index, one] of (peer.info.l ?? []).entries()) {
            one.m = String(index);
            if (message.y !== "answer") continue;
            one.z = one.y;
            one.c = message.o.includes("telephone-event");
          }
        }
        return { t: "transceivers", p: message.p, l: peer?.info.l };
      case "channel_create":
        peer?.info.d?.push({ i: message.i, n: message.n, x: message.x });
        return { t: "ok" };
      case "track_capture":
        this.tracks.set(message.k, { device: message.i, enabled: true });
        return { t: "ok" };
      case "track_set": {
        const track = this.tracks.get(message.k);
        if (track) Object.assign(track, { enabled: message.z ?? false, device: message.i ?? track.device });
        for (const { info } of this.peers.values()) for (const one of info.l ?? []) if (one.k === message.k) one.u = !message.z;
        return { t: "ok" };
      }
      case "stats_get":
        return { t: "stats", p: message.p, x: JSON.stringify(this.stats) };
      case "media_device_list":
        return { t: "media_devices", l: this.microphones.map((i) => ({ i, y: "audioinput", n: "Microphone" })) };
      case "peer_close":
        this.peers.delete(message.p);
        return { t: "ok" };
      default:
        return { t: "ok" };
    }
  }

  #sdp(peer: FakePeer | undefined): string {
    return sdpOf(peer?.info.l ?? [], peer?.info.d?.length ?? 0, ++this.#version);
  }
}

/** What happens on a target, in order, by name. */
export function recorded(target: EventTarget, ...types: string[]): string[] {
  const out: string[] = [];
  for (const type of types) target.addEventListener(type, () => out.push(type));
  return out;
}

/** Everything that waits for a microtask or a timer of no length has been done. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A client with a connection and a microphone of a host. */
export async function withMicrophone() {
  const host = new FakeHost();
  const { RTCPeerConnection, mediaDevices } = redirect(host.connection());
  const stream = await mediaDevices.getUserMedia({ audio: true });
  const connection = new RTCPeerConnection({ iceServers: [{ urls: ["stun:a", "turn:b"], username: "n", credential: "p" }] });
  const [track] = stream.getAudioTracks();
  if (!track) throw new Error("there is no microphone");
  return { host, connection, stream, track, mediaDevices };
}

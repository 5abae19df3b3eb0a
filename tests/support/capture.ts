import { readFileSync } from "node:fs";
import { join } from "node:path";
import { needRoot, Program, until } from "./processes.ts";

export interface Packet {
  protocol: "udp" | "tcp";
  source: string;
  sourcePort: number;
  destination: string;
  destinationPort: number;
  /** Differentiated services code point (RFC 2474). */
  dscp: number;
  /** TCP only. */
  sequence: number;
  timeMs: number;
  payload: Buffer;
}

export type PacketKind = "stun" | "dtls" | "turn channel" | "rtp" | "rtcp" | "other";

/** What a UDP payload is by its first byte. @source RFC 7983 §7, figure 3; RTP and RTCP apart by RFC 5761 §4. */
export function classify(payload: Buffer): PacketKind {
  const first = payload[0];
  if (first === undefined) return "other";
  if (first <= 3) return payload.length >= 20 && payload.readUInt32BE(4) === 0x2112a442 ? "stun" : "other";
  if (first >= 20 && first <= 63) return "dtls";
  if (first >= 64 && first <= 79) return "turn channel";
  if (first >= 128 && first <= 191) return payload.length < 8 ? "other" : (payload[1] ?? 0) >= 192 && (payload[1] ?? 0) <= 223 ? "rtcp" : "rtp";
  return "other";
}

/** Read a pcap file of tcpdump: Ethernet or Linux cooked capture, IPv4 and IPv6 without extension headers. A record that is cut off at the end is left out. */
export function readPcap(file: string): Packet[] {
  const data = readFileSync(file);
  if (data.length < 24) return [];
  const little = data.readUInt32LE(0) === 0xa1b2c3d4;
  const u32 = (at: number): number => (little ? data.readUInt32LE(at) : data.readUInt32BE(at));
  const linkBytes = { 1: 14, 113: 16, 276: 20 }[u32(20)];
  if (linkBytes === undefined) throw new Error(`${file}: link type ${u32(20)} is not known here`);
  const packets: Packet[] = [];
  for (let at = 24; at + 16 <= data.length;) {
    const timeMs = u32(at) * 1000 + u32(at + 4) / 1000;
    const length = u32(at + 8);
    const from = at + 16;
    at = from + length;
    if (at > data.length) break;
    const packet = readIp(data.subarray(from + linkBytes, at), timeMs);
    if (packet !== undefined) packets.push(packet);
  }
  return packets;
}

function readIp(ip: Buffer, timeMs: number): Packet | undefined {
  const version = (ip[0] ?? 0) >> 4;
  let header: number;
  let next: number;
  let dscp: number;
  let end: number;
  let source: string;
  let destination: string;
  if (version === 4 && ip.length >= 20) {
    header = ((ip[0] ?? 0) & 15) * 4;
    next = ip[9] ?? 0;
    dscp = (ip[1] ?? 0) >> 2;
    end = ip.readUInt16BE(2);
    source = [...ip.subarray(12, 16)].join(".");
    destination = [...ip.subarray(16, 20)].join(".");
  } else if (version === 6 && ip.length >= 40) {
    header = 40;
    next = ip[6] ?? 0;
    dscp = (ip.readUInt16BE(0) >> 6) & 63;
    end = 40 + ip.readUInt16BE(4);
    source = ip.subarray(8, 24).toString("hex");
    destination = ip.subarray(24, 40).toString("hex");
  } else {
    return undefined;
  }
  if (end < header || end > ip.length) end = ip.length; // segmentation offload writes no length
  const inner = ip.subarray(header, end);
  if (next !== 17 && next !== 6) return undefined;
  const tcp = next === 6;
  if (inner.length < (tcp ? 20 : 8)) return undefined;
  return {
    protocol: tcp ? "tcp" : "udp",
    source,
    sourcePort: inner.readUInt16BE(0),
    destination,
    destinationPort: inner.readUInt16BE(2),
    dscp,
    sequence: tcp ? inner.readUInt32BE(4) : 0,
    timeMs,
    payload: inner.subarray(tcp ? ((inner[12] ?? 0) >> 4) * 4 : 8),
  };
}

/** One direction of one TCP connection in order; what came twice once. Segments that the capture has missed end it. */
export interface TcpStream {
  from: number;
  to: number;
  bytes: Buffer;
  complete: boolean;
}

export function tcpStreams(packets: readonly Packet[]): TcpStream[] {
  const groups = new Map<string, Packet[]>();
  for (const packet of packets) {
    if (packet.protocol !== "tcp" || packet.payload.length === 0) continue;
    const key = `${packet.source}:${packet.sourcePort}>${packet.destination}:${packet.destinationPort}`;
    groups.set(key, [...(groups.get(key) ?? []), packet]);
  }
  return [...groups.values()].map((segments) => {
    const base = segments[0]?.sequence ?? 0;
    const offset = (segment: Packet): number => (segment.sequence - base) | 0;
    const parts: Buffer[] = [];
    let have = 0;
    let complete = true;
    for (const segment of [...segments].sort((a, b) => offset(a) - offset(b))) {
      const start = offset(segment);
      if (start > have) {
        complete = false;
        break;
      }
      if (start + segment.payload.length <= have) continue;
      parts.push(segment.payload.subarray(have - start));
      have = start + segment.payload.length;
    }
    return { from: segments[0]?.sourcePort ?? 0, to: segments[0]?.destinationPort ?? 0, bytes: Buffer.concat(parts), complete };
  });
}

export interface WebSocketFrame {
  opcode: number;
  payload: Buffer;
}

/**
 * The frames of one direction of a WebSocket (RFC 6455 §5.2), after its HTTP head where the capture holds it.
 * @throws when the bytes are anything else.
 */
export function webSocketFrames(stream: Buffer): WebSocketFrame[] {
  let at = 0;
  if (/^(GET |HTTP\/1\.1 )/.test(stream.subarray(0, 9).toString("latin1"))) {
    const end = stream.indexOf("\r\n\r\n");
    if (end < 0) return [];
    at = end + 4;
  }
  const frames: WebSocketFrame[] = [];
  while (at + 2 <= stream.length) {
    const first = stream[at] ?? 0;
    const second = stream[at + 1] ?? 0;
    if ((first & 0x70) !== 0) throw new Error(`no WebSocket frame at byte ${at}: ${stream.subarray(at, at + 16).toString("hex")}`);
    let length = second & 127;
    let head = 2;
    if (length === 126) [length, head] = [stream.readUInt16BE(at + 2), 4];
    else if (length === 127) [length, head] = [Number(stream.readBigUInt64BE(at + 2)), 10];
    const masked = (second & 128) !== 0;
    const start = at + head + (masked ? 4 : 0);
    if (start + length > stream.length) break;
    const payload = Buffer.from(stream.subarray(start, start + length));
    if (masked) payload.forEach((byte, i) => (payload[i] = byte ^ (stream[at + head + (i & 3)] ?? 0)));
    frames.push({ opcode: first & 15, payload });
    at = start + length;
  }
  return frames;
}

/** Whether a direction of a connection is plain HTTP: it begins with a head that upgrades nothing. */
export function isPlainHttp(stream: Buffer): boolean {
  const head = stream.subarray(0, Math.max(0, stream.indexOf("\r\n\r\n"))).toString("latin1");
  return (
    (/^[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(head) && !/\r\nupgrade: *websocket/i.test(head)) ||
    (/^HTTP\/1\.1 /.test(head) && !/^HTTP\/1\.1 101 /.test(head))
  );
}

export interface HttpMessage {
  /** Request line or status line. */
  start: string;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

/**
 * The messages of one direction of a plain HTTP connection, bodies by Content-Length (RFC 9112 §6).
 * @throws when there is anything else, or a message that is cut off.
 */
export function httpMessages(stream: Buffer): HttpMessage[] {
  const messages: HttpMessage[] = [];
  for (let at = 0; at < stream.length;) {
    const end = stream.indexOf("\r\n\r\n", at);
    const [start = "", ...lines] = stream.subarray(at, Math.max(at, end)).toString("latin1").split("\r\n");
    if (end < 0 || !/^([A-Z]+ \S+ HTTP\/1\.1|HTTP\/1\.1 \d{3} .*)$/.test(start)) throw new Error(`no HTTP at byte ${at}: ${stream.subarray(at, at + 32).toString("hex")}`);
    const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
    const from = end + 4;
    at = from + Number(headers.get("content-length") ?? 0);
    if (at > stream.length || headers.has("transfer-encoding")) throw new Error(`the body of ${start} cannot be read`);
    messages.push({ start, headers, body: stream.subarray(from, at) });
  }
  return messages;
}

/** tcpdump on one interface. */
export class Capture {
  private constructor(
    private readonly program: Program,
    private readonly file: string,
  ) {}

  /** Needs root. @param filter  pcap-filter(7) */
  static async start(name: string, logs: string, filter: string, options: { device?: string; prefix?: readonly string[] } = {}): Promise<Capture> {
    needRoot();
    const file = join(logs, `${name}.pcap`);
    const program = new Program({
      name,
      command: "tcpdump",
      args: ["-i", options.device ?? "lo", "-n", "-U", "--immediate-mode", "-s", "66000", "-B", "65536", "-Z", "root", "-w", file, filter],
      logs,
      prefix: [...(options.prefix ?? []), "nice", "-n", "-11"],
    });
    await program.line(/listening on /);
    return new Capture(program, file);
  }

  /** What has been written so far. */
  packets(): Packet[] {
    return readPcap(this.file);
  }

  /** Wait until a packet fits. */
  async seen(what: string, fits: (packet: Packet) => boolean): Promise<Packet> {
    return until(what, () => this.packets().find(fits));
  }

  /** @throws when the kernel dropped packets: then absence would prove nothing. */
  async stop(): Promise<Packet[]> {
    await this.program.stop("SIGINT");
    const dropped = this.program.errorLines.map((line) => line.match(/^(\d+) packets? dropped by kernel/)).find((match) => match !== null);
    if (dropped === undefined || dropped === null) throw new Error("tcpdump did not say how many packets it lost");
    if (Number(dropped[1]) > 0) throw new Error(`the capture has lost ${dropped[1]} packets`);
    return this.packets();
  }
}

/** UDP sockets of a process, by the kernel's own list; the address in the kernel's hexadecimal. */
export async function udpSockets(pid: number): Promise<{ address: string; port: number }[]> {
  const { readdir, readlink, readFile } = await import("node:fs/promises");
  const inodes = new Set<string>();
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
    const match = target.match(/^socket:\[(\d+)\]$/);
    if (match?.[1] !== undefined) inodes.add(match[1]);
  }
  const found: { address: string; port: number }[] = [];
  for (const table of ["udp", "udp6"]) {
    const lines = (await readFile(`/proc/${pid}/net/${table}`, "utf8")).split("\n").slice(1);
    for (const line of lines) {
      const fields = line.trim().split(/\s+/);
      const [address = "", port = ""] = (fields[1] ?? "").split(":");
      if (inodes.has(fields[9] ?? "")) found.push({ address, port: parseInt(port, 16) });
    }
  }
  return found;
}

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { atEnd, until } from "./processes.ts";

/** An INVITE that waits for its answer. */
export interface Invitation {
  /** SDP of the caller. */
  offer: string;
  /** 200 with this SDP; resolves when the caller has acknowledged it. */
  accept: (answer: string) => Promise<void>;
}

interface Request {
  method: string;
  headers: Map<string, string[]>;
  body: string;
}

function parseRequest(text: string): Request {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end < 0 ? text.length : end).split("\r\n");
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { method: first.split(" ")[0] ?? "", headers, body: end < 0 ? "" : text.slice(end + 4) };
}

/** The called side of SIP by UDP, as much of it as a test with one caller on this machine needs. @source RFC 3261 §8.2, §13.3, §15.1.2 */
export class SipAnswerer {
  private readonly invitations: Invitation[] = [];
  private acknowledged = 0;
  /** How often a caller has hung up. */
  byes = 0;

  private constructor(
    private readonly socket: Socket,
    readonly port: number,
  ) {}

  static async start(): Promise<SipAnswerer> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    const answerer = new SipAnswerer(socket, socket.address().port);
    socket.on("message", (data, from) => answerer.receive(parseRequest(data.toString()), from));
    atEnd(() => void socket.close());
    return answerer;
  }

  get address(): string {
    return `sip:sidetone@127.0.0.1:${this.port}`;
  }

  async invited(): Promise<Invitation> {
    return until("an INVITE", () => this.invitations.shift());
  }

  private receive(request: Request, from: RemoteInfo): void {
    if (request.method === "ACK") this.acknowledged++;
    if (request.method === "BYE") {
      this.byes++;
      this.respond(request, from, "200 OK");
    }
    if (request.method !== "INVITE") return;
    this.respond(request, from, "100 Trying"); // which ends its retransmissions
    this.invitations.push({
      offer: request.body,
      accept: async (answer) => {
        const before = this.acknowledged;
        this.respond(request, from, "200 OK", answer);
        await until("the ACK", () => (this.acknowledged > before ? true : undefined));
      },
    });
  }

  private respond(request: Request, to: RemoteInfo, status: string, body = ""): void {
    const copied = (name: string, label: string): string[] => (request.headers.get(name) ?? []).map((value) => `${label}: ${value}`);
    const text = [
      `SIP/2.0 ${status}`,
      ...copied("via", "Via"),
      ...copied("from", "From"),
      ...copied("to", "To").map((line) => (line.includes(";tag=") ? line : `${line};tag=sidetone`)),
      ...copied("call-id", "Call-ID"),
      ...copied("cseq", "CSeq"),
      `Contact: <${this.address}>`,
      ...(body === "" ? [] : ["Content-Type: application/sdp"]),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.socket.send(`${text.join("\r\n")}\r\n\r\n${body}`, to.port, to.address);
  }
}

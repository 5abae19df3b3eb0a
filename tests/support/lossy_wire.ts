import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { classify } from "./capture.ts";
import { atEnd } from "./processes.ts";

interface Ports {
  rtp: number;
  rtcp: number;
}

const localhost = "127.0.0.1";

async function bindPair(): Promise<[Socket, Socket]> {
  for (;;) {
    const [rtp, rtcp] = [createSocket("udp4"), createSocket("udp4")];
    await new Promise<void>((resolve) => rtp.bind(0, localhost, resolve));
    const { port } = rtp.address();
    const bound = await new Promise<boolean>((resolve) => {
      rtcp.once("error", () => resolve(false));
      if (port % 2 === 0) rtcp.bind(port + 1, localhost, () => resolve(true));
      else resolve(false);
    });
    if (bound) return [rtp, rtcp];
    rtp.close();
    rtcp.close();
  }
}

/**
 * One address, RTP and RTCP, in front of a program that sends from other ports than it listens at; on the way each n-th packet of RTP is lost, in both
 * directions. All of it on the loopback interface.
 */
export class LossyWire {
  /** Of RTP that was to be lost, both directions together. */
  lost = 0;
  private readonly passed = { in: 0, out: 0 };
  private far: Ports | undefined;

  private constructor(
    private readonly sockets: readonly [Socket, Socket],
    private readonly inside: Ports,
    private readonly each: number,
  ) {}

  /** @param inside  where the program listens. @param each  which RTP packet is lost; 0: none. */
  static async start(inside: Ports, each: number): Promise<LossyWire> {
    const sockets = await bindPair();
    const wire = new LossyWire(sockets, inside, each);
    for (const socket of sockets) {
      socket.on("message", (data, from) => wire.pass(socket, data, from));
      atEnd(() => void socket.close());
    }
    return wire;
  }

  /** RTP's; RTCP's is the next one. The program sends here, and so does the far end. */
  get port(): number {
    return this.sockets[0].address().port;
  }

  /** Until then nothing passes. */
  connect(far: Ports): void {
    this.far = far;
  }

  private pass(socket: Socket, data: Buffer, from: RemoteInfo): void {
    if (this.far === undefined) return;
    const control = socket === this.sockets[1];
    const arrives = from.port === (control ? this.far.rtcp : this.far.rtp);
    if (classify(data) === "rtp" && this.each > 0 && ++this.passed[arrives ? "in" : "out"] % this.each === 0) {
      this.lost++;
      return;
    }
    const to = arrives ? this.inside : this.far;
    socket.send(data, control ? to.rtcp : to.rtp, localhost);
  }
}

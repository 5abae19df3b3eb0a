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

/** RTP of this size and more is sound, of less is silence: at 24 to 32 kbit/s by VBR, sealed, in bytes. */
const soundBytes = 65;

/**
 * One address, RTP and RTCP, in front of a program that sends from other ports than it listens at; on the way each n-th packet of a sound is lost, in both
 * directions. All of it on the loopback interface.
 *
 * What a sound begins with is never lost: Opus keeps no copy of it, since its frame is mostly silence, and a voice that has lost its beginning takes a
 * quarter of a second to be as loud as it was, whatever the receiver does.
 */
export class LossyWire {
  /** Of RTP that was to be lost, both directions together. */
  lost = 0;
  /** Packets of each direction: since one was lost, and of the sound that goes on. */
  private readonly passed = { in: { sinceLoss: 0, ofSound: 0 }, out: { sinceLoss: 0, ofSound: 0 } };
  private far: Ports | undefined;

  private constructor(
    private readonly sockets: readonly [Socket, Socket],
    private readonly inside: Ports,
    private readonly each: number,
  ) {}

  /** @param inside  where the program listens. @param each  which packet of a sound is lost; 0: none. */
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
    if (classify(data) === "rtp" && this.each > 0 && this.isLost(arrives ? "in" : "out", data.length)) {
      this.lost++;
      return;
    }
    const to = arrives ? this.inside : this.far;
    socket.send(data, control ? to.rtcp : to.rtp, localhost);
  }

  private isLost(direction: "in" | "out", bytes: number): boolean {
    const passed = this.passed[direction];
    if (++passed.sinceLoss >= this.each && passed.ofSound >= 2) {
      passed.sinceLoss = 0;
      return true;
    }
    passed.ofSound = bytes >= soundBytes ? passed.ofSound + 1 : 0;
    return false;
  }
}

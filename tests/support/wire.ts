import { type Failure, type HostPairing, type SignedIn } from "#protocol";
import { type IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { atEnd, patienceMs } from "./processes.ts";

/** Any frame as it stands on the wire. */
export interface AnyFrame {
  t: string;
  r?: number;
  s?: number;
  [key: string]: unknown;
}

/** A request that was answered by an error. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly text: string,
    readonly where: string | undefined,
  ) {
    super(`${code}: ${text}${where === undefined ? "" : ` (${where})`}`);
  }
}

export interface WireOptions {
  subprotocols?: readonly string[];
  origin?: string;
  headers?: Readonly<Record<string, string>>;
}

interface Waiter {
  fits: (frame: AnyFrame) => boolean;
  resolve: (frame: AnyFrame) => void;
  reject: (reason: Error) => void;
  timer: NodeJS.Timeout;
}

/**
 * The protocol without a client around it: what a test says is what goes over the wire, right or wrong. It knows request ids and nothing else.
 */
export class Wire {
  readonly frames: AnyFrame[] = [];
  /** How the far end has closed the connection, once it is over; code 1006 when it was lost. */
  readonly closed: Promise<{ code: number; reason: string }>;
  private taken = new Set<AnyFrame>();
  private readonly waiters = new Set<Waiter>();
  private lastRequest = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as AnyFrame;
      this.frames.push(frame);
      for (const waiter of this.waiters) {
        if (!waiter.fits(frame)) continue;
        this.waiters.delete(waiter);
        clearTimeout(waiter.timer);
        this.taken.add(frame);
        waiter.resolve(frame);
        break;
      }
    });
    this.closed = new Promise((resolve) => socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() })));
    void this.closed.then(({ code }) => {
      for (const waiter of this.waiters) {
        clearTimeout(waiter.timer);
        waiter.reject(new Error(`the connection was closed with ${code}`));
      }
      this.waiters.clear();
    });
    socket.on("error", () => undefined);
    atEnd(() => socket.terminate());
  }

  /** @throws Refused with the HTTP status as its code when the upgrade is refused. */
  static async connect(url: string, options: WireOptions = {}): Promise<Wire> {
    const socket = new WebSocket(url, [...(options.subprotocols ?? [])], {
      perMessageDeflate: false,
      handshakeTimeout: patienceMs,
      ...(options.origin === undefined ? {} : { origin: options.origin }),
      headers: { ...options.headers },
    });
    const wire = new Wire(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
      socket.once("unexpected-response", (_request, response: IncomingMessage) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString()));
        response.once("end", () => reject(new Refused(String(response.statusCode), body.trim(), undefined)));
      });
    });
    return wire;
  }

  /** Send text as it is. */
  raw(text: string): void {
    this.socket.send(text);
  }
  binary(bytes: Buffer): void {
    this.socket.send(bytes);
  }

  /** The next frame that fits and that no one has waited for yet, past frames included. */
  next(what: string, fits: (frame: AnyFrame) => boolean, timeoutMs = patienceMs): Promise<AnyFrame> {
    const past = this.frames.find((frame) => !this.taken.has(frame) && fits(frame));
    if (past !== undefined) {
      this.taken.add(past);
      return Promise.resolve(past);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(new Error(`${what} did not come within ${timeoutMs} ms; last frames: ${JSON.stringify(this.frames.slice(-3))}`));
      }, timeoutMs);
      const waiter: Waiter = { fits, resolve, reject, timer };
      this.waiters.add(waiter);
    });
  }

  /** Send a request and wait for its answer. @throws Refused when that is an error. */
  async ask<Answer = AnyFrame>(message: { t: string }): Promise<Answer> {
    const r = ++this.lastRequest;
    this.raw(JSON.stringify({ ...message, r }));
    const answer = await this.next(`the answer to ${message.t}`, (frame) => frame.r === r);
    if (answer.t === "error") {
      const failure = answer as unknown as Failure;
      throw new Refused(failure.c, failure.x, failure.w);
    }
    return answer as Answer;
  }

  close(): void {
    this.socket.terminate();
  }
}

/** A signed-in connection that does nothing by itself. */
export async function signInRaw(service: string, user: string, password: string): Promise<{ wire: Wire; me: SignedIn }> {
  const wire = await Wire.connect(`${service.replace(/^http/, "ws")}/client`);
  try {
    const me = await wire.ask<SignedIn>({ t: "sign_in", u: user, p: password, n: "raw", k: "" } as { t: string });
    return { wire, me };
  } catch (error) {
    wire.close();
    throw error;
  }
}

/** Confirm that the endpoint which shows this code is the user's. */
export async function confirmPairing(wire: Wire, code: string): Promise<HostPairing> {
  const pairing = await wire.ask<HostPairing>({ t: "host_pair", c: code } as { t: string });
  await wire.ask({ t: "host_confirm", i: pairing.i, z: true } as { t: string });
  return pairing;
}

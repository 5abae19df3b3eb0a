import {
  type Attached,
  type ClientToHostMessage,
  type Description,
  type Envelope,
  type Failure,
  type HostToClientMessage,
  type Levels,
  limits,
  type MediaDevices,
  type Stats,
  type Transceivers,
} from "#protocol";
import { HostLostError, HostRefusedError } from "./errors.ts";

/** A way to a native host that carries one text message after the other: a WebSocket on loopback, or the service. */
export interface HostTransport {
  send(text: string): void;
  close(): void;
  onmessage: ((text: string) => void) | null;
  onclose: ((reason: string) => void) | null;
}

/** @throws (rejects) with the reason why there is no way now. */
export type OpenTransport = () => Promise<HostTransport>;

interface Answers {
  attach: Attached;
  offer_create: Description;
  answer_create: Description;
  local_set: Description;
  transceiver_add: Transceivers;
  transceiver_set: Transceivers;
  remote_set: Transceivers;
  stats_get: Stats;
  media_device_list: MediaDevices;
}
/** What a request is answered with; everything that is not named here is answered by ok. */
export type AnswerOf<M extends ClientToHostMessage> = M["t"] extends keyof Answers ? Answers[M["t"]] : { t: "ok" };

/** Hears the host's events about one peer connection. */
export interface PeerListener {
  hostEvent(message: HostToClientMessage): void;
  /** The transport is lost; the peer connection itself may well go on. */
  hostLost(error: HostLostError): void;
  /** Attached again: how the host sees the peer connection now. `undefined`: it is not there any more. */
  hostAttached(info: NonNullable<Attached["l"]>[number] | undefined): void;
}

export type HostState = "idle" | "attaching" | "attached" | "detached" | "lost";

interface Waiting {
  message: ClientToHostMessage;
  resolve(answer: HostToClientMessage): void;
  reject(error: unknown): void;
}

const requestTimeoutMs = 15_000;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
/** What goes through the service stands in a frame of its own, escaped once more, with some 200 bytes around it. Nobody would answer what is too long. */
function tooLong(text: string): boolean {
  if (text.length * 6 < limits.controlBytes) return false;
  return bytesOf(text) > limits.controlBytes || bytesOf(JSON.stringify(text)) + 200 > limits.frameBytes;
}

/**
 * The control connection to one native host. It attaches when something is first asked of it, and again after a loss; a
 * request that is under way when the transport is lost rejects with HostLostError.
 *
 * Events: `statechange`; `levels` (detail: Levels), `devices` (detail: MediaDevices), `microphone_level` (detail: RMS, 0 to 1).
 */
export class HostConnection extends EventTarget {
  #open: OpenTransport;
  #transport: HostTransport | null = null;
  #state: HostState = "idle";
  #reason = "";
  #attached: Attached | null = null;
  #attaching: Promise<Attached> | null = null;
  #nextRequest = 1;
  #pending = new Map<number, Waiting & { timer: ReturnType<typeof setTimeout> }>();
  #waiting: Waiting[] = [];
  #ending: ClientToHostMessage[] = [];
  #peers = new Map<string, PeerListener>();
  #tracks = new Map<string, (reason: string) => void>();

  constructor(open: OpenTransport) {
    super();
    this.#open = open;
  }

  get state(): HostState {
    return this.#state;
  }
  /** Why it is not attached, in words for a person. */
  get reason(): string {
    return this.#reason;
  }
  /** What the host said when this client attached. */
  get attached(): Attached | null {
    return this.#attached;
  }

  /** Attach, unless that is done. */
  attach(): Promise<Attached> {
    if (this.#state === "attached" && this.#attached) return Promise.resolve(this.#attached);
    this.#attaching ??= this.#attach().finally(() => (this.#attaching = null));
    return this.#attaching;
  }

  /** Attach once more, to take the events over and to see what the host holds now. */
  async refresh(): Promise<Attached> {
    if (this.#state !== "attached") return this.attach();
    this.#attached = await this.request({ t: "attach", v: 1 });
    return this.#attached;
  }

  /**
   * Requests are carried out in the order of the calls; nothing has to be awaited for that.
   * @throws (rejects) HostRefusedError: the host said no; HostLostError: no answer will come.
   */
  request<M extends ClientToHostMessage>(message: M): Promise<AnswerOf<M>> {
    return new Promise<HostToClientMessage>((resolve, reject) => {
      const waiting = { message, resolve, reject };
      if (this.#state === "attached" && this.#waiting.length === 0) return this.#send(waiting);
      this.#waiting.push(waiting);
      this.attach().catch(() => undefined);
    }) as Promise<AnswerOf<M>>;
  }

  /** What shall end in the host, also where the way there is lost: it is said once more when the way is back. */
  end(message: ClientToHostMessage): void {
    this.request(message).catch((error: unknown) => {
      if (error instanceof HostLostError) this.#ending.push(message);
    });
  }

  listenToPeer(peer: string, listener: PeerListener | null): void {
    if (listener) this.#peers.set(peer, listener);
    else this.#peers.delete(peer);
  }
  listenToTrack(track: string, ended: ((reason: string) => void) | null): void {
    if (ended) this.#tracks.set(track, ended);
    else this.#tracks.delete(track);
  }

  /** Let go of the host; its peer connections go on. */
  close(reason = "closed"): void {
    this.#lose(reason);
  }

  async #attach(): Promise<Attached> {
    this.#become("attaching", "");
    try {
      this.#transport ??= this.#listen(await this.#open());
      const attached = (await new Promise<HostToClientMessage>((resolve, reject) =>
        this.#send({ message: { t: "attach", v: 1 }, resolve, reject }),
      )) as Attached;
      const again = this.#attached !== null;
      this.#attached = attached;
      this.#become("attached", "");
      // Peers that the host could not know yet are none that it has closed.
      const unborn = new Set(this.#waiting.flatMap(({ message }) => (message.t === "peer_create" ? [message.p] : [])));
      if (again)
        for (const [id, peer] of [...this.#peers]) if (!unborn.has(id)) peer.hostAttached(attached.l?.find((info) => info.p === id));
      for (const waiting of this.#waiting.splice(0)) this.#send(waiting);
      for (const message of this.#ending.splice(0)) this.end(message);
      return attached;
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error));
      throw error instanceof DOMException ? error : new HostLostError(this.#reason);
    }
  }

  #listen(transport: HostTransport): HostTransport {
    transport.onmessage = (text) => this.#receive(text);
    transport.onclose = (reason) => this.#lose(reason);
    return transport;
  }

  #send(waiting: Waiting): void {
    const id = this.#nextRequest++;
    const text = JSON.stringify({ ...waiting.message, r: id });
    if (tooLong(text)) {
      const failure: Failure = { t: "error", c: "too_large", x: `the request is longer than ${limits.controlBytes} bytes, or than ${limits.frameBytes} on its way through the service` };
      return waiting.reject(new HostRefusedError(failure, waiting.message.t));
    }
    const timer = setTimeout(() => {
      this.#pending.delete(id);
      waiting.reject(new HostLostError(`no answer to ${waiting.message.t} in time`));
    }, requestTimeoutMs);
    this.#pending.set(id, { ...waiting, timer });
    this.#transport?.send(text);
  }

  #receive(text: string): void {
    let message: HostToClientMessage & Envelope;
    try {
      message = JSON.parse(text) as HostToClientMessage & Envelope;
    } catch {
      return this.#lose("the host sent what is not JSON");
    }
    if (message.r !== undefined) return this.#answer(message.r, message);
    if (message.t === "detached") {
      this.#become("detached", "another client of this user has attached");
    } else if (message.t === "levels") {
      this.dispatchEvent(new CustomEvent<Levels>("levels", { detail: message }));
    } else if (message.t === "microphone_level") {
      this.dispatchEvent(new CustomEvent<number>("microphone_level", { detail: message.a }));
    } else if (message.t === "media_devices") {
      this.dispatchEvent(new CustomEvent<MediaDevices>("devices", { detail: message }));
    } else if (message.t === "track_ended") {
      this.#tracks.get(message.k)?.(message.x);
    } else if ("p" in message && typeof message.p === "string") {
      this.#peers.get(message.p)?.hostEvent(message);
    }
  }

  #answer(id: number, message: HostToClientMessage): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (message.t === "error") pending.reject(new HostRefusedError(message satisfies Failure, pending.message.t));
    else pending.resolve(message);
  }

  #lose(reason: string): void {
    const error = new HostLostError(reason);
    const transport = this.#transport;
    this.#transport = null;
    if (transport) {
      // What comes late by the old way would be taken for an answer by the new one.
      transport.onmessage = transport.onclose = null;
      transport.close();
    }
    this.#become("lost", reason);
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#pending.clear();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    for (const peer of [...this.#peers.values()]) peer.hostLost(error);
  }

  #become(state: HostState, reason: string): void {
    if (state === this.#state && reason === this.#reason) return;
    this.#state = state;
    this.#reason = reason;
    this.dispatchEvent(new Event("statechange"));
  }
}

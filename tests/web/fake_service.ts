import type { ClientToServiceMessage, Envelope, ServiceToClientMessage } from "#protocol";
import type { WebSocketLike } from "../../web/redirect/websocket_transport.ts";

type Request = ClientToServiceMessage & Envelope;

/** The service's end of one WebSocket, in memory. */
export class FakeSocket extends EventTarget {
  readyState = 0;
  readonly received: Request[] = [];
  #sequence = 0;
  #online = false;
  #answer: (request: Request, socket: FakeSocket) => ServiceToClientMessage | undefined;

  constructor(answer: (request: Request, socket: FakeSocket) => ServiceToClientMessage | undefined) {
    super();
    this.#answer = answer;
    queueMicrotask(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    });
  }

  send(text: string): void {
    const request = JSON.parse(text) as Request;
    this.received.push(request);
    queueMicrotask(() => {
      const answer = this.#answer(request, this);
      if (answer) this.say(answer, request.r);
    });
  }
  close(): void {
    this.lose(1000, "");
  }

  say(message: ServiceToClientMessage, request?: number): void {
    if (this.readyState !== 1) return;
    const sequence = this.#online ? ++this.#sequence : undefined;
    if (message.t === "signed_in") this.#online = true;
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify({ ...message, r: request, s: sequence }) }));
  }
  lose(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    queueMicrotask(() => this.dispatchEvent(Object.assign(new Event("close"), { code, reason })));
  }
}

/** A service in memory with one user, Alice, and one other person, Bob. */
export class FakeService {
  readonly sockets: FakeSocket[] = [];
  reachable = true;
  password = "secret";
  /** Answers to other requests, by type; everything else is answered by ok. */
  readonly answers = new Map<string, (request: Request, socket: FakeSocket) => ServiceToClientMessage | undefined>();

  readonly webSocket = (): WebSocketLike => {
    const socket = new FakeSocket((request, self) => this.#answer(request, self));
    this.sockets.push(socket);
    if (!this.reachable) socket.lose(1006, "refused");
    return socket as unknown as WebSocketLike;
  };

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("nobody has connected");
    return socket;
  }
  requests<T extends Request["t"]>(type: T): Extract<Request, { t: T }>[] {
    return this.sockets.flatMap((socket) => socket.received).filter((one): one is Extract<Request, { t: T }> => one.t === type);
  }

  #answer(request: Request, socket: FakeSocket): ServiceToClientMessage | undefined {
    const own = this.answers.get(request.t);
    if (own) return own(request, socket);
    const signedIn = { t: "signed_in", u: 1, n: "Alice", d: 11, k: "token", i: "session", e: "epoch", d0: 1_700_000_000 } as const;
    switch (request.t) {
      case "sign_in":
        return request.p === this.password ? signedIn : { t: "error", c: "unauthenticated", x: "name or password is wrong" };
      case "resume":
        return signedIn;
      case "directory_sync":
        return { t: "directory_snapshot", v: 3, p: "/directory/3" };
      case "favourite_list":
        return { t: "favourites" };
      case "saved_number_list":
        return { t: "saved_numbers" };
      case "conversation_list":
        return { t: "conversations" };
      case "history_sync":
        return { t: "history", f: request.v, v: 1 };
      case "host_list":
        return { t: "hosts" };
      case "call_list":
        return { t: "calls" };
      default:
        return { t: "ok" };
    }
  }
}

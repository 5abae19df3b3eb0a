import type { Availability, Call, CallPhase, CommandMessage, EventMessage, IntentDone, Keep, Notify, Ring, StopRing } from "#client";
import { randomId } from "../redirect/index.ts";
import type { ClientView, Core } from "./core.ts";
import { HostLinks, type HostWay } from "./host_links.ts";
import type { DeviceKey, Platform } from "./platform.ts";
import { Voices, type PeerCommand } from "./voice.ts";
import type { WebSocketLike } from "../redirect/websocket_transport.ts";

export interface ClientOptions {
  /** http:// or https:// address of the service. */
  service: string;
  platform: Platform;
  /** `none`: this client uses no native host. Default `rendezvous`. */
  hostWay?: HostWay | "none";
  autoAnswer?: boolean;
  /** Voice only by TURN. */
  relayOnly?: boolean;
  /** Device id of the microphone; default: the default one. */
  source?: string;
  /** Device id that is used where there is no microphone; default: such a call fails. */
  fallbackSource?: string;
  /** How often levels of running calls are reported; 0 (default): never. */
  levelsEveryMs?: number;
  /** Who is told of levels; default: the core, so that they stand in the view. */
  levels?: (call: string, sent: number, received: number) => void;
}

/** What a `change` event tells. */
export interface ViewChange {
  /** Others have another availability or status text, and that is all: nobody is hurt where it is seen some seconds later. */
  canWait: boolean;
}

/** An intent was not carried out; `code` is an error code of the wire protocol. */
export class IntentError extends Error {
  readonly code: string;
  readonly retryAfterMs: number | undefined;
  constructor(done: IntentDone) {
    super(done.text || done.code);
    this.code = done.code;
    this.retryAfterMs = done.retry_after_ms;
  }
}

const utf8 = new TextEncoder();

/**
 * A client of the service: the core's state and decisions, with sockets, timers and peer connections around it. The same in
 * a page and under node.
 *
 * Events: `change` (the view is another; detail: ViewChange); `ring`, `stop_ring`, `notice` (detail: the core's command), `report` (detail: text),
 * `key` (detail: KeyPress), `frame` (detail: text of a frame of the service).
 */
export class SidetoneClient extends EventTarget {
  #options: ClientOptions;
  #platform: Platform;
  #core: Core;
  #socket: WebSocketLike | null = null;
  #socketNumber = 0;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #intents = new Map<number, { resolve(value: string): void; reject(error: IntentError): void }>();
  #nextIntent = 1;
  #queue: { event: EventMessage; intent?: number; longText?: string | Uint8Array }[] = [];
  #draining = false;
  #view: ClientView | null = null;
  #hosts: HostLinks;
  #voices: Voices;
  #saving: Promise<void> = Promise.resolve();
  #keepsTexts = true;
  #closed = false;

  private constructor(options: ClientOptions, core: Core, key: DeviceKey) {
    super();
    this.#options = options;
    this.#platform = options.platform;
    this.#core = core;
    this.#hosts = new HostLinks({
      way: options.hostWay === "loopback" ? "loopback" : "rendezvous",
      webSocket: options.platform.webSocket,
      dispatch: (event) => this.dispatch(event),
      online: () => this.view.connection === "online",
    });
    this.#voices = new Voices({
      hosts: this.#hosts,
      key,
      browser: options.platform.browserVoice,
      source: options.source ?? "",
      fallbackSource: options.fallbackSource ?? "",
      levelsEveryMs: options.levelsEveryMs ?? 0,
      levels: options.levels ?? ((call, sent, received) => this.dispatch({ t: "peer_levels", call, sent, received })),
      dispatch: (event) => this.dispatch(event),
      pressed: (press) => this.dispatchEvent(new CustomEvent("key", { detail: press })),
      report: (text) => this.#report(text),
    });
  }

  /** A client that has its core and its keys; with a kept token it connects at once. */
  static async create(options: ClientOptions): Promise<SidetoneClient> {
    const { platform } = options;
    const { storage } = platform;
    const texts = storage.loadTexts().catch((error: unknown) => String(error));
    const [core, key, persisted, kept] = await Promise.all([platform.loadCore(), storage.deviceKey(), storage.loadState(), texts]);
    const client = new SidetoneClient(options, core, key);
    const url = new URL("client", options.service.endsWith("/") ? options.service : `${options.service}/`);
    url.protocol = url.protocol.replace("http", "ws");
    client.dispatch({
      t: "start",
      url: url.href,
      device_name: platform.deviceName,
      device_key: key.publicKey,
      browser_voice: platform.browserVoice !== undefined,
      auto_answer: options.autoAnswer ?? false,
      relay_only: options.relayOnly ?? false,
      voice: options.hostWay === "none" ? "browser" : "automatic",
      persisted,
    });
    if (typeof kept === "string") client.#report(`nothing can be read without the service: ${kept}`);
    else for (const { owner, name, text } of kept) client.dispatch({ t: "kept_text", owner, name, text: "" }, text);
    return client;
  }

  /** What the client knows. A new object after every change. */
  get view(): ClientView {
    return (this.#view ??= this.#core.view());
  }

  /** Tell the core what has happened. @param longText  see Core.dispatch */
  dispatch(event: EventMessage, longText?: string | Uint8Array): void {
    if (this.#closed) return;
    this.#queue.push({ event, longText });
    this.#drain();
  }

  /**
   * The same, with an answer.
   * @returns the value that the event's description names; often empty.
   * @throws (rejects) IntentError
   */
  intent(event: EventMessage): Promise<string> {
    return new Promise((resolve, reject) => {
      const intent = this.#nextIntent++;
      this.#intents.set(intent, { resolve, reject });
      this.#queue.push({ event, intent });
      this.#drain();
    });
  }

  /** @param code  of the second factor, where it is wanted: without, and with a wrong one, it rejects with the code `second_factor`. */
  signIn(user: string, password: string, code?: string): Promise<string> {
    return this.intent({ t: "sign_in", user, password, code });
  }
  signOut(): Promise<string> {
    return this.intent({ t: "sign_out" });
  }
  setStatus(availability: Availability, text?: string, until?: number): Promise<string> {
    return this.intent({ t: "set_status", availability, text, until });
  }
  setFavourite(user: number, favourite: boolean): Promise<string> {
    return this.intent({ t: "set_favourite", user, favourite });
  }
  /** @param name  nothing: the number is kept no more */
  saveNumber(number: string, name?: string): Promise<string> {
    return this.intent({ t: "save_number", number, name });
  }
  watch(users: number[]): void {
    this.dispatch({ t: "watch", users });
  }
  /** @returns number of the message, once the service has stored it. */
  async sendChat(user: number, text: string): Promise<number> {
    return Number(await this.intent({ t: "send_chat", with: user, text }));
  }
  /** @returns number of the conversation. */
  async openConversation(user: number): Promise<number> {
    return Number(await this.intent({ t: "open_conversation", with: user }));
  }
  /** @returns call id; the call is then being placed. */
  placeCall(to: { user: number } | { number: string }): Promise<string> {
    return this.intent({ t: "place_call", ...to });
  }
  answer(call: string): Promise<string> {
    return this.intent({ t: "answer_call", call });
  }
  decline(call: string): Promise<string> {
    return this.intent({ t: "decline_call", call });
  }
  forward(call: string, to: { user: number } | { number: string }): Promise<string> {
    return this.intent({ t: "forward_call", call, ...to });
  }
  hangUp(call: string): Promise<string> {
    return this.intent({ t: "hang_up", call });
  }
  mute(call: string, muted: boolean): Promise<string> {
    return this.intent({ t: "mute_call", call, muted });
  }
  takeUp(call: string): Promise<string> {
    return this.intent({ t: "take_up_call", call });
  }
  /** @returns what to confirm; `view.pairing` says which endpoint it is. */
  pairHost(code: string): Promise<string> {
    return this.intent({ t: "pair_host", code });
  }
  confirmHost(pairing: string, accept: boolean): Promise<string> {
    return this.intent({ t: "confirm_host", pairing, accept });
  }

  /** The contact of a sign-in name, a number or an extension. */
  contact(who: string | number) {
    return this.view.contacts.find((one) => one.user === who || one.address === who || one.number === String(who));
  }
  call(id: string): Call | undefined {
    return this.view.calls.find((one) => one.call === id);
  }
  /** Wait for a call to come to a phase; ends early, with the reason, when the call ends before. */
  untilCall(id: string, phase: CallPhase, timeoutMs?: number): Promise<Call> {
    return this.until(
      (view) => {
        const call = view.calls.find((one) => one.call === id);
        if (call?.phase === "ended" && phase !== "ended") throw new Error(`the call ended (${call.reason}${call.detail ? `: ${call.detail}` : ""})`);
        return call?.phase === phase && call;
      },
      `call ${id} is ${phase}`,
      timeoutMs,
      (view) => view.calls,
    );
  }

  /**
   * Wait until `predicate` gives something.
   * @param seen  what the error shows of the view when the time is over; default: the parts that are short.
   * @throws (rejects) what the predicate throws; an Error that says what was seen instead.
   */
  until<T>(
    predicate: (view: ClientView) => T | undefined | null | false,
    description: string,
    timeoutMs = 15_000,
    seen: (view: ClientView) => unknown = ({ connection, reason, calls, hosts, voice }) => ({ connection, reason, calls, hosts, voice }),
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        try {
          const result = predicate(this.view);
          if (result === undefined || result === null || result === false) return;
          finish();
          resolve(result);
        } catch (error) {
          finish();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`not within ${timeoutMs} ms: ${description}; seen: ${JSON.stringify(seen(this.view))}`));
      }, timeoutMs);
      const finish = () => {
        clearTimeout(timer);
        this.removeEventListener("change", check);
      };
      this.addEventListener("change", check);
      check();
    });
  }

  /** The peer connection of a call on this device. */
  connectionOf(call: string): RTCPeerConnection | undefined {
    return this.#voices.connectionOf(call);
  }
  /**
   * Press keys of the telephone in a running call, after those that wait. `key` events tell what becomes of them.
   * @param keys  of 0 to 9, *, #, A to D and ',', a pause of two seconds. @param durationMs, gapMs  as insertDTMF's.
   * @throws InvalidStateError: the far end takes no keys now; InvalidCharacterError
   */
  pressKeys(call: string, keys: string, durationMs?: number, gapMs?: number): void {
    this.#voices.pressKeys(call, keys, durationMs, gapMs);
  }
  /** Another microphone, for running calls and for those to come. @throws (rejects) where a running call cannot have it. */
  setSource(device: string): Promise<void> {
    return this.#voices.setSource(device);
  }
  /** The audio devices of a host: enumerateDevices and devicechange. */
  devicesOf(host: string) {
    return this.#hosts.get(host).devices;
  }

  /** For tests: this text, as it is, on the socket to the service. */
  sendRaw(text: string): void {
    this.#socket?.send(text);
  }
  /** For tests: the socket to the service is cut. */
  dropSocket(): void {
    this.#socket?.close();
  }

  /** Stop without a word to anybody: the device stays signed in, calls by hosts go on. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#voices.release();
    this.#hosts.close();
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#socket?.close();
    this.#socket = null;
    await this.#saving;
    this.#core.destroy();
  }

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    const before = this.#view?.connection;
    let changed = false;
    let canWait = true;
    try {
      for (let next = this.#queue.shift(); next && !this.#closed; next = this.#queue.shift()) {
        const moment = { now_ms: Math.round(performance.now()), unix_s: Math.floor(Date.now() / 1000), random: randomId(), intent: next.intent };
        const commands = this.#core.dispatch({ ...next.event, ...moment }, next.longText);
        if (!commands.some(({ t }) => t === "view_stays")) {
          changed = true;
          canWait &&= commands.some(({ t }) => t === "view_can_wait");
          this.#view = null;
        }
        for (const command of commands) this.#carryOut(command);
      }
    } finally {
      this.#draining = false;
    }
    if (this.#closed) return;
    if (before !== undefined && before !== "online" && this.view.connection === "online") this.#hosts.comeBack();
    if (changed) this.dispatchEvent(new CustomEvent<ViewChange>("change", { detail: { canWait } }));
  }

  #carryOut(command: CommandMessage): void {
    switch (command.t) {
      case "open_socket":
        return this.#openSocket(command.socket, command.url);
      case "close_socket":
        if (command.socket === this.#socketNumber) this.#leaveSocket();
        return;
      case "send_frame":
        if (command.socket === this.#socketNumber && this.#socket?.readyState === 1) this.#socket.send(command.text);
        return;
      case "fetch_directory":
        return void this.#fetchDirectory(command.path, command.token);
      case "fetch_picture":
        return void this.#fetchPicture(command.picture, command.path, command.token);
      case "start_timer":
        clearTimeout(this.#timers.get(command.timer));
        this.#timers.set(
          command.timer,
          setTimeout(() => {
            this.#timers.delete(command.timer);
            this.dispatch({ t: "timer_fired", timer: command.timer });
          }, command.after_ms),
        );
        return;
      case "stop_timer":
        clearTimeout(this.#timers.get(command.timer));
        this.#timers.delete(command.timer);
        return;
      case "persist":
        return this.#save("the state could not be kept", () => this.#platform.storage.saveState(command.persisted));
      case "keep":
        return this.#save("what is read without the service could not be kept", () => this.#keep(command));
      case "forget":
        return this.#save("what is read without the service could not be erased", () => this.#platform.storage.forgetTexts());
      case "intent_done":
        return this.#intentDone(command);
      case "ring":
      case "stop_ring":
        this.dispatchEvent(new CustomEvent<Ring | StopRing>(command.t, { detail: command }));
        return;
      case "notify":
        this.dispatchEvent(new CustomEvent<Notify>("notice", { detail: command }));
        return;
      case "host_ticket":
        return this.#hosts.ticket(command);
      case "control_message":
        return this.#hosts.received(command.host, command.message);
      case "control_lost":
        return this.#hosts.lost(command.host, command.reason);
      case "view_stays":
      case "view_can_wait":
        return;
      case "report":
        return this.#report(command.text);
      default:
        return this.#voices.run(command satisfies PeerCommand);
    }
  }

  /** In the order of the commands. */
  #save(otherwise: string, act: () => Promise<void>): void {
    this.#saving = this.#saving.then(act).catch((error: unknown) => this.#report(`${otherwise}: ${error}`));
  }
  /** Texts that fit together or none: where one write has failed, no later one is good. */
  async #keep({ owner, texts = [] }: Keep): Promise<void> {
    if (!this.#keepsTexts) return;
    const { storage } = this.#platform;
    try {
      await storage.keepTexts(texts.map(({ name, text }) => ({ owner, name, text: utf8.encode(text) })));
    } catch (error) {
      this.#keepsTexts = false;
      await storage.forgetTexts();
      throw error;
    }
  }

  #intentDone(done: IntentDone): void {
    const waiting = this.#intents.get(done.intent);
    this.#intents.delete(done.intent);
    if (done.ok) waiting?.resolve(done.value);
    else waiting?.reject(new IntentError(done));
  }

  #openSocket(number: number, url: string): void {
    this.#leaveSocket();
    this.#socketNumber = number;
    const socket = this.#platform.webSocket(url);
    this.#socket = socket;
    let fault = "";
    socket.addEventListener("open", () => this.dispatch({ t: "socket_opened", socket: number }));
    socket.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") return;
      this.dispatchEvent(new CustomEvent("frame", { detail: data }));
      this.dispatch({ t: "socket_text", socket: number, text: "" }, data);
    });
    socket.addEventListener("error", (event) => (fault = event.message ?? "it could not be opened"));
    socket.addEventListener("close", ({ code, reason }) => this.dispatch({ t: "socket_closed", socket: number, code, reason: fault || reason }));
  }
  #leaveSocket(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  async #fetchDirectory(path: string, token: string): Promise<void> {
    try {
      const { status, body } = await this.#platform.get(new URL(path, this.#options.service), { authorization: `Bearer ${token}` });
      this.dispatch({ t: "directory_fetched", status, body: "" }, body);
    } catch (error) {
      this.dispatch({ t: "directory_fetched", status: 0, body: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Told by the event "picture", with its bytes where they could be had. */
  async #fetchPicture(picture: string, path: string, token: string): Promise<void> {
    const answer = await this.#platform.get(new URL(path, this.#options.service), { authorization: `Bearer ${token}` }).catch(() => undefined);
    const jpeg = answer?.status === 200 ? answer.body : undefined;
    this.dispatchEvent(new CustomEvent("picture", { detail: { picture, jpeg } }));
  }

  #report(text: string): void {
    this.dispatchEvent(new CustomEvent("report", { detail: text }));
  }
}

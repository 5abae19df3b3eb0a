import type {
  CommandMessage,
  EventMessage,
  PeerAddCandidate,
  PeerAttach,
  PeerClose,
  PeerCreate,
  PeerExpect,
  PeerMute,
  PeerOffer,
  PeerRemote,
} from "#client";
import type { Levels } from "#protocol";
import { HostLostError, MediaStreamTrack as RedirectedTrack, PeerConnection } from "../redirect/index.ts";
import type { HostLinks } from "./host_links.ts";
import { IdentityExchange, identityLabel } from "./identity.ts";
import type { BrowserVoice, DeviceKey } from "./platform.ts";

interface Hooks {
  hosts: HostLinks;
  key: DeviceKey;
  browser: BrowserVoice | undefined;
  /** Microphone: device id; empty: the default. */
  source: string;
  /** Used where there is no microphone; empty: such a call fails. */
  fallbackSource: string;
  levelsEveryMs: number;
  levels(call: string, sent: number, received: number): void;
  pressed(press: KeyPress): void;
  dispatch(event: EventMessage): void;
  report(text: string): void;
}

/** A key of the telephone: of this end, when it begins to sound, or of the far end, when it has been let go. */
export interface KeyPress {
  call: string;
  /** 0 to 9, *, #, A to D, or ',' for a pause; empty: all that were to be pressed here have been. */
  key: string;
  sent: boolean;
  /** Of the far end's. */
  durationMs?: number;
}

/** The peer connection of one call and what belongs to it. */
interface Voice {
  call: string;
  host: string | null;
  connection: RTCPeerConnection | null;
  stream: MediaStream | null;
  identity: IdentityExchange | null;
  endOfCandidates: boolean;
  /** The commands of a call are carried out one after the other. */
  last: Promise<void>;
  release: (() => void)[];
}

export type PeerCommand = Extract<CommandMessage, { t: `peer_${string}` }>;

const attachWithinMs = 20_000;

/** Carries out what the core asks of peer connections, by the browser's WebRTC or by a native host alike. */
export class Voices {
  #hooks: Hooks;
  #voices = new Map<string, Voice>();

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  connectionOf(call: string): RTCPeerConnection | undefined {
    return this.#voices.get(call)?.connection ?? undefined;
  }

  run(command: PeerCommand): void {
    let voice = this.#voices.get(command.call);
    if (!voice) {
      if (command.t !== "peer_create" && command.t !== "peer_attach") return;
      voice = { call: command.call, host: command.host ?? null, connection: null, stream: null, identity: null, endOfCandidates: false, last: Promise.resolve(), release: [] };
      this.#voices.set(command.call, voice);
    }
    const at = voice;
    if (command.t === "peer_close") {
      // At once: what waits behind a request that is not answered would never come.
      this.#voices.delete(command.call);
      return this.#close(at, command);
    }
    at.last = at.last.then(async () => {
      if (this.#voices.get(at.call) !== at) return;
      try {
        await this.#carryOut(at, command);
      } catch (error) {
        this.#failed(at, command.t, error);
      }
    });
  }

  /** @throws InvalidStateError: there is nobody who takes keys; InvalidCharacterError */
  pressKeys(call: string, keys: string, durationMs?: number, gapMs?: number): void {
    const senders = this.#voices.get(call)?.connection?.getSenders() ?? [];
    const dtmf = senders.find((sender) => sender.dtmf?.canInsertDTMF)?.dtmf;
    if (!dtmf) throw new DOMException("the far end takes no keys now", "InvalidStateError");
    dtmf.ontonechange = ({ tone }) => this.#hooks.pressed({ call, key: tone, sent: true });
    // Behind what still waits: somebody may press faster than a key sounds.
    dtmf.insertDTMF(dtmf.toneBuffer + keys, durationMs, gapMs);
  }

  /** Another microphone, for running calls and for those to come. @throws (rejects) where a running call cannot have it. */
  async setSource(source: string): Promise<void> {
    this.#hooks.source = source;
    await Promise.all([...this.#voices.values()].map((voice) => this.#replaceSource(voice, source)));
  }

  async #replaceSource(voice: Voice, source: string): Promise<void> {
    const sender = voice.connection?.getSenders().find((one) => one.track);
    const before = sender?.track;
    if (!sender || !before) return;
    if (before instanceof RedirectedTrack) return before.setDevice(source);
    if (!this.#hooks.browser) return;
    const stream = await this.#hooks.browser.microphone(source);
    const [track] = stream.getAudioTracks();
    if (!track) return;
    track.enabled = before.enabled;
    await sender.replaceTrack(track);
    before.stop();
    voice.stream = stream;
    this.#watchMicrophone(voice, track);
  }

  /** Let go of everything; what hosts carry goes on. */
  release(): void {
    for (const voice of this.#voices.values()) this.#close(voice, { t: "peer_close", call: voice.call, leave_running: true });
    this.#voices.clear();
  }

  #carryOut(voice: Voice, command: PeerCommand): Promise<void> | void {
    switch (command.t) {
      case "peer_create":
        return this.#create(voice, command);
      case "peer_offer":
        return this.#describe(voice, command);
      case "peer_answer":
        return this.#describe(voice, { t: "peer_offer", call: command.call });
      case "peer_remote":
        return this.#remote(voice, command);
      case "peer_add_candidate":
        return this.#candidate(voice, command);
      case "peer_expect":
        return this.#expect(voice, command);
      case "peer_mute":
        return this.#mute(voice, command);
      case "peer_attach":
        return this.#attach(voice, command);
      default:
    }
  }

  async #create(voice: Voice, command: PeerCreate): Promise<void> {
    const configuration: RTCConfiguration = {
      iceServers: (command.ice_servers ?? []).map((server) => ({ urls: server.u, username: server.n, credential: server.p })),
      iceTransportPolicy: command.relay_only ? "relay" : "all",
    };
    if (command.host !== undefined) {
      voice.release.push(this.#hooks.hosts.use(command.host));
      const link = this.#hooks.hosts.get(command.host);
      voice.connection = new PeerConnection(link.connection, configuration, { tag: command.call });
      voice.stream = await this.#captureAtHost(command.host);
    } else if (this.#hooks.browser) {
      voice.connection = this.#hooks.browser.peerConnection(configuration);
      voice.stream = await this.#hooks.browser.microphone(this.#hooks.source);
    } else {
      throw new Error("this client has no voice of its own");
    }
    const connection = voice.connection;
    this.#listen(voice, connection, command.caller ?? false);
    for (const track of voice.stream.getTracks()) connection.addTrack(track, voice.stream);
    if (command.caller) voice.identity?.use(connection.createDataChannel(identityLabel));
  }

  async #captureAtHost(host: string): Promise<MediaStream> {
    const { devices } = this.#hooks.hosts.get(host);
    try {
      return await devices.getUserMedia({ audio: this.#hooks.source === "" ? true : { deviceId: this.#hooks.source } });
    } catch (error) {
      const missing = error instanceof DOMException && error.name === "NotFoundError";
      if (!missing || this.#hooks.fallbackSource === "") throw error;
      this.#hooks.report(`there is no microphone: ${this.#hooks.fallbackSource} is sent instead`);
      return devices.getUserMedia({ audio: { deviceId: this.#hooks.fallbackSource } });
    }
  }

  #listen(voice: Voice, connection: RTCPeerConnection, caller: boolean): void {
    const { call } = voice;
    voice.identity = new IdentityExchange({
      call,
      caller,
      key: this.#hooks.key,
      connection,
      result: (proven, reason) => this.#hooks.dispatch({ t: "peer_identity", call, proven, reason }),
    });
    connection.addEventListener("icecandidate", ({ candidate }) => {
      const text = candidate?.candidate ?? "";
      if (text === "" && voice.endOfCandidates) return;
      voice.endOfCandidates = text === "";
      this.#hooks.dispatch({
        t: "peer_candidate",
        call,
        candidate: text,
        mid: candidate?.sdpMid ?? undefined,
        line: candidate?.sdpMLineIndex ?? undefined,
        ufrag: candidate?.usernameFragment ?? undefined,
      });
    });
    connection.addEventListener("connectionstatechange", () => {
      const state = connection.connectionState;
      if (state === "connected") voice.identity?.connected();
      this.#hooks.dispatch({ t: "peer_state", call, state });
    });
    connection.addEventListener("datachannel", ({ channel }) => {
      if (channel.label === identityLabel) voice.identity?.use(channel);
    });
    connection.addEventListener("dtmfreceived", (event) => {
      const { tone, durationMs } = (event as CustomEvent<{ tone: string; durationMs: number }>).detail;
      this.#hooks.pressed({ call, key: tone, sent: false, durationMs });
    });
    connection.addEventListener("track", ({ streams, track }) => {
      if (voice.host !== null || !this.#hooks.browser) return;
      voice.release.push(this.#hooks.browser.play(streams[0] ?? new MediaStream([track])));
    });
    // The stream of a call that is made here, the senders' tracks of one that is taken up.
    const tracks = voice.stream?.getTracks() ?? connection.getSenders().flatMap((sender) => sender.track ?? []);
    for (const track of tracks) this.#watchMicrophone(voice, track);
    if (this.#hooks.levelsEveryMs > 0) this.#watchLevels(voice, connection);
  }

  /** A microphone that is lost is told; another one, or the same one when it is plugged in again, takes its place. */
  #watchMicrophone(voice: Voice, track: MediaStreamTrack): void {
    const { call, host } = voice;
    const tell = (lost: boolean, reason: string) => this.#hooks.dispatch({ t: "peer_microphone", call, lost, reason });
    const devices = host !== null ? this.#hooks.hosts.get(host).devices : undefined;
    const replace = async () => {
      if (!devices || !(track instanceof RedirectedTrack) || track.readyState !== "ended") return;
      const inputs = (await devices.enumerateDevices()).filter((one) => one.kind === "audioinput");
      if (inputs.length === 0) return;
      await track.setDevice(inputs.some((one) => one.deviceId === this.#hooks.source) ? this.#hooks.source : "");
      tell(false, "");
    };
    const attempt = () => void replace().catch((error: unknown) => this.#hooks.report(`no other microphone: ${text(error)}`));
    const ended = () => {
      tell(true, "the microphone is gone");
      attempt();
    };
    track.addEventListener("ended", ended);
    devices?.addEventListener("devicechange", attempt);
    voice.release.push(() => {
      track.removeEventListener("ended", ended);
      devices?.removeEventListener("devicechange", attempt);
    });
  }

  #watchLevels(voice: Voice, connection: RTCPeerConnection): void {
    if (voice.host === null || !(connection instanceof PeerConnection)) {
      const timer = setInterval(() => void this.#levelsFromStats(voice, connection), this.#hooks.levelsEveryMs);
      voice.release.push(() => clearInterval(timer));
      return;
    }
    const link = this.#hooks.hosts.get(voice.host).connection;
    const peer = connection.id;
    const heard = (event: Event) => {
      const mine = (event as CustomEvent<Levels>).detail.l?.find((one) => one.p === peer);
      if (mine) this.#hooks.levels(voice.call, mine.a, mine.b);
    };
    const ask = () => {
      if (link.state === "attached") link.request({ t: "levels_watch", e: this.#hooks.levelsEveryMs }).catch(() => undefined);
    };
    link.addEventListener("levels", heard);
    link.addEventListener("statechange", ask);
    ask();
    voice.release.push(() => {
      link.removeEventListener("levels", heard);
      link.removeEventListener("statechange", ask);
    });
  }

  async #levelsFromStats(voice: Voice, connection: RTCPeerConnection): Promise<void> {
    let sent = 0;
    let received = 0;
    (await connection.getStats()).forEach((one: { type: string; kind?: string; audioLevel?: number }) => {
      if (one.type === "media-source" && one.kind === "audio") sent = one.audioLevel ?? 0;
      if (one.type === "inbound-rtp" && one.kind === "audio") received = one.audioLevel ?? 0;
    });
    this.#hooks.levels(voice.call, sent, received);
  }

  async #describe(voice: Voice, command: PeerOffer): Promise<void> {
    const connection = this.#need(voice);
    voice.endOfCandidates = false;
    if (command.ice_restart) {
      const offer = await connection.createOffer({ iceRestart: true });
      await connection.setLocalDescription(offer);
    } else {
      await connection.setLocalDescription();
    }
    const description = connection.localDescription;
    if (!description) throw new Error("there is no local description");
    this.#hooks.dispatch({ t: "peer_description", call: voice.call, kind: description.type, sdp: description.sdp });
  }

  async #remote(voice: Voice, command: PeerRemote): Promise<void> {
    await this.#need(voice).setRemoteDescription({ type: command.kind, sdp: command.sdp });
  }

  async #candidate(voice: Voice, command: PeerAddCandidate): Promise<void> {
    const { candidate, mid, line, ufrag } = command;
    try {
      if (candidate === "" && mid === undefined && line === undefined) await this.#need(voice).addIceCandidate();
      else await this.#need(voice).addIceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: line, usernameFragment: ufrag });
    } catch (error) {
      // One bad candidate is no reason to end a call: there are others.
      this.#hooks.report(`a candidate was refused: ${text(error)}`);
    }
  }

  #expect(voice: Voice, command: PeerExpect): void {
    voice.identity?.expect(command.key_hash);
  }

  #mute(voice: Voice, command: PeerMute): void {
    for (const sender of this.#need(voice).getSenders()) if (sender.track) sender.track.enabled = !command.muted;
  }

  /** The host may be on its way back to the service, as this client was: it is asked until the time is over. */
  async #attach(voice: Voice, command: PeerAttach): Promise<void> {
    voice.host = command.host;
    voice.release.push(this.#hooks.hosts.use(command.host));
    const { connection: link } = this.#hooks.hosts.get(command.host);
    const until = performance.now() + attachWithinMs;
    for (;;) {
      try {
        const info = (await link.refresh()).l?.find((one) => one.g === command.call);
        if (!info) break;
        const connection = PeerConnection.attach(link, info);
        voice.connection = connection;
        this.#listen(voice, connection, command.caller ?? false);
        const channel = connection.channel(identityLabel);
        if (channel) voice.identity?.use(channel);
        if (connection.connectionState === "connected") voice.identity?.connected();
        const muted = connection.getSenders().some((sender) => sender.track?.enabled === false);
        return this.#hooks.dispatch({ t: "peer_attached", call: voice.call, found: true, state: connection.connectionState, muted });
      } catch (error) {
        if (this.#voices.get(voice.call) !== voice) return;
        if (performance.now() > until) {
          this.#hooks.report(`the call could not be taken up: ${text(error)}`);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
    this.#hooks.dispatch({ t: "peer_attached", call: voice.call, found: false, state: "closed" });
  }

  #close(voice: Voice, command: PeerClose): void {
    voice.identity?.close();
    for (const release of voice.release.splice(0)) release();
    const { connection } = voice;
    if (command.leave_running && connection instanceof PeerConnection) return connection.release();
    if (connection) for (const sender of connection.getSenders()) sender.track?.stop();
    for (const track of voice.stream?.getTracks() ?? []) track.stop();
    connection?.close();
  }

  #need(voice: Voice): RTCPeerConnection {
    if (!voice.connection) throw new Error("there is no peer connection");
    return voice.connection;
  }

  #failed(voice: Voice, what: string, error: unknown): void {
    if (this.#voices.get(voice.call) !== voice) return;
    // The way to the host is lost while the voice may well run: not a reason to end an answered call.
    const hostLost = error instanceof HostLostError;
    if (hostLost) this.#hooks.report(`${what}: ${error.message}`);
    this.#hooks.dispatch({ t: "peer_failed", call: voice.call, reason: text(error), host_lost: hostLost });
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { ClientToHostMessage, Direction, HostToClientMessage, PeerInfo, Transceiver as TransceiverState } from "#protocol";
import { DataChannel } from "./data_channel.ts";
import { DataChannelEvent, IceCandidate, PeerConnectionIceEvent, SessionDescription, TrackEvent } from "./description.ts";
import { randomId } from "./encoding.ts";
import { invalidState, notSupported } from "./errors.ts";
import { defineHandlers, eventTargetOf, peerConnectionEvents } from "./handlers.ts";
import type { AnswerOf, HostConnection } from "./host_connection.ts";
import { iceServers } from "./ice_servers.ts";
import { MediaStream } from "./media_stream.ts";
import { MediaStreamTrack } from "./media_track.ts";
import { OperationsChain } from "./operations.ts";
import { audioSections, mediaSections, receives, reversed, withCandidate } from "./sdp.ts";
import { StatsReport } from "./stats.ts";
import { hostTrack, Transceiver, type Playout, type RtpReceiver, type RtpSender, type TransceiverOwner } from "./transceiver.ts";

/** Not of the W3C. */
export interface PeerOptions {
  /** The call that it belongs to, so that a later client finds it. */
  tag?: string;
  /** Take up a peer connection that the host holds already. */
  existing?: PeerInfo;
}

type Signaling = RTCSignalingState;

/**
 * RTCPeerConnection whose connection lives in a native host. It outlives this object: `close()` ends it, `release()` only
 * lets go of it, and `attach()` takes it up again.
 *
 * Events besides the W3C's: `hostlost` and `hostattached`, when the way to the host is lost and found again. In between
 * requests reject with HostLostError and the voice goes on. And `dtmfreceived`, whose detail is {tone, durationMs}: the far
 * end has pressed a key.
 */
export class PeerConnection extends eventTargetOf<RTCPeerConnection>() implements RTCPeerConnection, TransceiverOwner {
  declare onconnectionstatechange: RTCPeerConnection["onconnectionstatechange"];
  declare ondatachannel: RTCPeerConnection["ondatachannel"];
  declare onicecandidate: RTCPeerConnection["onicecandidate"];
  declare onicecandidateerror: RTCPeerConnection["onicecandidateerror"];
  declare oniceconnectionstatechange: RTCPeerConnection["oniceconnectionstatechange"];
  declare onicegatheringstatechange: RTCPeerConnection["onicegatheringstatechange"];
  declare onnegotiationneeded: RTCPeerConnection["onnegotiationneeded"];
  declare onsignalingstatechange: RTCPeerConnection["onsignalingstatechange"];
  declare ontrack: RTCPeerConnection["ontrack"];
  readonly sctp = null;
  readonly id: string;
  readonly host: HostConnection;
  #configuration: RTCConfiguration;
  #created: Promise<void> = Promise.resolve();
  #signaling: Signaling = "stable";
  #connection: RTCPeerConnectionState = "new";
  #ice: RTCIceConnectionState = "new";
  #gathering: RTCIceGatheringState = "new";
  #local = { current: null as SessionDescription | null, pending: null as SessionDescription | null };
  #remote = { current: null as SessionDescription | null, pending: null as SessionDescription | null };
  #transceivers: Transceiver[] = [];
  #channels = new Map<string, DataChannel>();
  #streams = new Map<string, MediaStream>();
  #chain = new OperationsChain(() => this.#updateNegotiationNeeded());
  #negotiationNeeded = false;
  #restart = false;

  constructor(host: HostConnection, configuration: RTCConfiguration = {}, options: PeerOptions = {}) {
    super();
    this.host = host;
    this.#configuration = configuration;
    this.id = options.existing?.p ?? randomId();
    host.listenToPeer(this.id, {
      hostEvent: (message) => this.#event(message),
      hostLost: (error) => this.dispatchEvent(new CustomEvent("hostlost", { detail: error })),
      hostAttached: (info) => this.#reattached(info),
    });
    if (options.existing) {
      this.#adopt(options.existing);
      return;
    }
    this.#created = host
      .request({ t: "peer_create", p: this.id, g: options.tag ?? "", ice: iceServers(configuration), z: configuration.iceTransportPolicy === "relay" })
      .then(() => undefined);
    this.#created.catch(() => undefined);
  }

  /** Not of the W3C: the peer connection that a host holds, as `attached` describes it. */
  static attach(host: HostConnection, info: PeerInfo): PeerConnection {
    return new PeerConnection(host, {}, { existing: info });
  }
  static generateCertificate(): Promise<RTCCertificate> {
    return Promise.reject(notSupported("the host makes its own certificates"));
  }

  get closed(): boolean {
    return this.#signaling === "closed";
  }
  get signalingState(): Signaling {
    return this.#signaling;
  }
  get connectionState(): RTCPeerConnectionState {
    return this.#connection;
  }
  get iceConnectionState(): RTCIceConnectionState {
    return this.#ice;
  }
  get iceGatheringState(): RTCIceGatheringState {
    return this.#gathering;
  }
  get currentLocalDescription(): SessionDescription | null {
    return this.#local.current;
  }
  get pendingLocalDescription(): SessionDescription | null {
    return this.#local.pending;
  }
  get localDescription(): SessionDescription | null {
    return this.#local.pending ?? this.#local.current;
  }
  get currentRemoteDescription(): SessionDescription | null {
    return this.#remote.current;
  }
  get pendingRemoteDescription(): SessionDescription | null {
    return this.#remote.pending;
  }
  get remoteDescription(): SessionDescription | null {
    return this.#remote.pending ?? this.#remote.current;
  }
  get canTrickleIceCandidates(): boolean | null {
    const remote = this.remoteDescription;
    return remote === null ? null : /^a=ice-options:.*\btrickle\b/m.test(remote.sdp);
  }
  getTransceivers(): Transceiver[] {
    return this.#transceivers.filter((one) => !one.stopped || one.mid !== null);
  }
  getSenders(): RtpSender[] {
    return this.#transceivers.filter((one) => !one.stopped).map((one) => one.sender);
  }
  getReceivers(): RtpReceiver[] {
    return this.#transceivers.filter((one) => !one.stopped).map((one) => one.receiver);
  }
  getConfiguration(): RTCConfiguration {
    return structuredClone(this.#configuration);
  }
  /** The host takes the configuration when the connection is made. */
  setConfiguration(configuration: RTCConfiguration = {}): void {
    this.#assertOpen();
    if (JSON.stringify(configuration) !== JSON.stringify(this.#configuration))
      throw new DOMException("a peer connection of a native host keeps its configuration", "InvalidModificationError");
  }

  addTrack(track: globalThis.MediaStreamTrack, ...streams: globalThis.MediaStream[]): RtpSender {
    this.#assertOpen();
    const id = hostTrack(track).id;
    if (this.getSenders().some((sender) => sender.track === track)) throw new DOMException("this track is being sent", "InvalidAccessError");
    const free = this.#transceivers.find((one) => !one.stopped && one.sender.track === null && one.offered === null);
    if (free) {
      free.sender.setTrackNow(track);
      const direction = free.direction === "recvonly" ? "sendrecv" : free.direction === "inactive" ? "sendonly" : free.direction;
      free.syncDirection(direction);
      this.changeTransceiver(free, { direction, track: id }).catch(() => undefined);
      this.#updateNegotiationNeeded();
      return free.sender;
    }
    return this.#addTransceiver(track, { direction: "sendrecv", streams }).sender;
  }

  /** @throws TypeError: not audio. */
  addTransceiver(trackOrKind: globalThis.MediaStreamTrack | string, init: RTCRtpTransceiverInit = {}): Transceiver {
    this.#assertOpen();
    if (typeof trackOrKind === "string" && trackOrKind !== "audio") throw new TypeError(`a native host carries audio, not ${trackOrKind}`);
    return this.#addTransceiver(typeof trackOrKind === "string" ? null : hostTrack(trackOrKind), init);
  }

  removeTrack(sender: RTCRtpSender): void {
    this.#assertOpen();
    const transceiver = this.#transceivers.find((one) => one.sender === sender);
    if (!transceiver) throw new DOMException("the sender is of another connection", "InvalidAccessError");
    if (sender.track === null) return;
    transceiver.sender.setTrackNow(null);
    const direction = transceiver.direction === "sendrecv" ? "recvonly" : transceiver.direction === "sendonly" ? "inactive" : transceiver.direction;
    transceiver.syncDirection(direction);
    this.changeTransceiver(transceiver, { direction, track: "" }).catch(() => undefined);
    this.#updateNegotiationNeeded();
  }

  /** @throws TypeError: maxRetransmits beside maxPacketLifeTime, negotiated without id. */
  createDataChannel(label: string, init: RTCDataChannelInit = {}): DataChannel {
    this.#assertOpen();
    if (init.maxPacketLifeTime !== undefined && init.maxRetransmits !== undefined) throw new TypeError("maxPacketLifeTime and maxRetransmits exclude each other");
    if (init.negotiated && init.id === undefined) throw new TypeError("a negotiated data channel needs an id");
    const channel = new DataChannel(this.host, this.id, {
      id: randomId(),
      label,
      protocol: init.protocol ?? "",
      ordered: init.ordered ?? true,
      maxPacketLifeTime: init.maxPacketLifeTime ?? null,
      maxRetransmits: init.maxRetransmits ?? null,
      negotiated: init.negotiated ?? false,
      stream: init.negotiated ? (init.id ?? null) : null,
      open: false,
    });
    this.#channels.set(channel.hostId, channel);
    this.#request({
      t: "channel_create",
      p: this.id,
      i: channel.hostId,
      n: label,
      x: channel.protocol,
      z: !channel.ordered,
      a: init.maxRetransmits,
      b: init.maxPacketLifeTime,
      l: init.negotiated ? init.id : undefined,
    }).catch((fault: unknown) => channel.ended(fault instanceof Error ? fault.message : String(fault)));
    this.#updateNegotiationNeeded();
    return channel;
  }

  createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit>;
  createOffer(done: RTCSessionDescriptionCallback, failed: RTCPeerConnectionErrorCallback, options?: RTCOfferOptions): Promise<void>;
  createOffer(...args: unknown[]): Promise<RTCSessionDescriptionInit | void> {
    const options = (typeof args[0] === "function" ? args[2] : args[0]) as RTCOfferOptions | undefined;
    return this.#withCallbacks(args, async () => {
      if (this.#signaling !== "stable" && this.#signaling !== "have-local-offer") throw invalidState(`createOffer in state ${this.#signaling}`);
      if (options?.offerToReceiveVideo) throw notSupported("a native host carries audio, not video");
      if (options?.offerToReceiveAudio !== undefined) this.#offerToReceive(options.offerToReceiveAudio);
      const answer = await this.#request({ t: "offer_create", p: this.id, z: this.#restart || (options?.iceRestart ?? false) });
      return { type: "offer", sdp: answer.o };
    });
  }

  createAnswer(options?: RTCAnswerOptions): Promise<RTCSessionDescriptionInit>;
  createAnswer(done: RTCSessionDescriptionCallback, failed: RTCPeerConnectionErrorCallback): Promise<void>;
  createAnswer(...args: unknown[]): Promise<RTCSessionDescriptionInit | void> {
    return this.#withCallbacks(args, async () => {
      if (this.#signaling !== "have-remote-offer" && this.#signaling !== "have-local-pranswer") throw invalidState(`createAnswer in state ${this.#signaling}`);
      const answer = await this.#request({ t: "answer_create", p: this.id });
      return { type: "answer", sdp: answer.o };
    });
  }

  setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void>;
  setLocalDescription(description: RTCLocalSessionDescriptionInit, done: VoidFunction, failed: RTCPeerConnectionErrorCallback): Promise<void>;
  setLocalDescription(description?: RTCLocalSessionDescriptionInit, ...callbacks: unknown[]): Promise<void> {
    return this.#withCallbacks(callbacks, async () => {
      const rollback = description?.type === "rollback";
      const set = await this.#request({ t: "local_set", p: this.id, y: description?.type, o: rollback ? undefined : description?.sdp || undefined });
      if (rollback) return this.#rolledBack();
      if (set.y === "offer") this.#restart = false;
      this.#setDescription(this.#local, this.#remote, new SessionDescription({ type: set.y, sdp: set.o }), "local");
      for (const [index, section] of audioSections(set.o).entries()) {
        const transceiver = this.#transceivers[index];
        if (!transceiver) continue;
        transceiver.offered = transceiver.direction;
        const answered = set.y === "answer";
        transceiver.sync({ m: section.mid, z: answered ? section.direction : undefined, c: answered ? section.events : undefined });
      }
    });
  }

  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit, done: VoidFunction, failed: RTCPeerConnectionErrorCallback): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit, ...callbacks: unknown[]): Promise<void> {
    return this.#withCallbacks(callbacks, async () => {
      const sdp = description.sdp ?? "";
      if (description.type === "offer" && this.#signaling === "have-local-offer") {
        await this.#request({ t: "local_set", p: this.id, y: "rollback" });
        this.#rolledBack();
      }
      const answer = await this.#request({ t: "remote_set", p: this.id, y: description.type, o: sdp });
      if (description.type === "rollback") return this.#rolledBack();
      const tracks = this.#applyRemote(answer.l ?? [], sdp);
      this.#setDescription(this.#remote, this.#local, new SessionDescription(description), "remote");
      for (const fire of tracks) fire();
    });
  }

  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
  addIceCandidate(candidate: RTCIceCandidateInit | null, done: VoidFunction, failed: RTCPeerConnectionErrorCallback): Promise<void>;
  addIceCandidate(candidate?: RTCIceCandidateInit | null, ...callbacks: unknown[]): Promise<void> {
    if (candidate?.candidate && candidate.sdpMid == null && candidate.sdpMLineIndex == null)
      return Promise.reject(new TypeError("sdpMid and sdpMLineIndex are both null"));
    return this.#withCallbacks(callbacks, async () => {
      if (this.remoteDescription === null && this.#transceivers.every((one) => one.mid === null)) throw invalidState("there is no remote description");
      await this.#request({
        t: "candidate_add",
        p: this.id,
        a: candidate?.candidate ?? "",
        m: candidate?.sdpMid ?? undefined,
        l: candidate?.sdpMLineIndex ?? undefined,
        u: candidate?.usernameFragment ?? undefined,
      });
    });
  }

  restartIce(): void {
    if (this.closed) return;
    this.#restart = true;
    this.#updateNegotiationNeeded();
  }

  async getStats(selector?: globalThis.MediaStreamTrack | null): Promise<RTCStatsReport> {
    if (!selector) return this.#stats();
    const sent = this.#transceivers.find((one) => one.sender.track === selector);
    const received = this.#transceivers.find((one) => one.receiver.track === selector);
    if (sent) return this.statsOf(sent, "sender");
    if (received) return this.statsOf(received, "receiver");
    throw new DOMException("the track is of another connection", "InvalidAccessError");
  }

  close(): void {
    if (this.closed) return;
    this.host.end({ t: "peer_close", p: this.id });
    this.release();
  }

  /** Not of the W3C: forget the connection here and let it go on in the host. */
  release(): void {
    if (this.closed) return;
    this.host.listenToPeer(this.id, null);
    this.#end();
  }
  /** Not of the W3C: say which call this belongs to. */
  async setTag(tag: string): Promise<void> {
    await this.#request({ t: "peer_tag", p: this.id, g: tag });
  }
  /** Not of the W3C: the data channel of this label that is there already. */
  channel(label: string): DataChannel | undefined {
    return [...this.#channels.values()].find((one) => one.label === label && one.readyState !== "closed");
  }

  // --- for transceivers ---

  async changeTransceiver(transceiver: Transceiver, change: { direction?: Direction; track?: string }): Promise<void> {
    const index = this.#transceivers.indexOf(transceiver);
    await this.#request({ t: "transceiver_set", p: this.id, l: index, y: change.direction, k: change.track });
  }
  async statsOf(transceiver: Transceiver, side: "sender" | "receiver"): Promise<RTCStatsReport> {
    return (await this.#stats()).select(side, transceiver.mid);
  }
  async #stats(): Promise<StatsReport> {
    const answer = await this.#request({ t: "stats_get", p: this.id });
    return new StatsReport(JSON.parse(answer.x) as RTCStats[]);
  }
  async setPlayout(playout: Playout): Promise<void> {
    await this.#request({ t: "playout_set", p: this.id, i: playout.deviceId, l: Math.round(playout.volume * 100), z: playout.muted });
  }

  async pressKeys(keys: string, durationMs: number, gapMs: number, append: boolean): Promise<void> {
    await this.#request({ t: "dtmf_insert", p: this.id, x: keys, e: durationMs, w: gapMs, z: append });
  }

  // --- inside ---

  #assertOpen(): void {
    if (this.closed) throw invalidState("the connection is closed");
  }

  /** A request about this connection; where it could not even be made, that is the reason. */
  async #request<M extends ClientToHostMessage>(message: M): Promise<AnswerOf<M>> {
    const answer = this.host.request(message);
    answer.catch(() => undefined);
    await this.#created;
    return answer;
  }

  /** An operation on the chain, with the callbacks of the W3C's legacy interface where they are given. */
  #withCallbacks<T>(args: unknown[], operation: () => Promise<T>): Promise<T | void> {
    const result = this.#chain.run(operation);
    const [done, failed] = args;
    if (typeof done !== "function" || typeof failed !== "function") return result;
    return result.then(
      (value) => void done(value),
      (error: unknown) => void failed(error),
    );
  }

  #newTransceiver(track: globalThis.MediaStreamTrack | null, direction: Direction): Transceiver {
    const remote = new MediaStreamTrack(this.host, { kind: "remote" });
    const transceiver = new Transceiver(this, remote, track, direction, () => this.#updateNegotiationNeeded());
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  #addTransceiver(track: globalThis.MediaStreamTrack | null, init: RTCRtpTransceiverInit): Transceiver {
    const direction = (init.direction ?? "sendrecv") as Direction;
    const transceiver = this.#newTransceiver(track, direction);
    this.#request({ t: "transceiver_add", p: this.id, k: track?.id, y: direction }).catch(() => undefined);
    this.#updateNegotiationNeeded();
    return transceiver;
  }

  /** https://www.w3.org/TR/webrtc/#legacy-configuration-extensions */
  #offerToReceive(audio: boolean): void {
    const open = this.#transceivers.filter((one) => receives(one.direction as Direction));
    if (audio && open.length === 0) this.#addTransceiver(null, { direction: "recvonly" });
    if (!audio) for (const one of open) one.direction = one.direction === "sendrecv" ? "sendonly" : "inactive";
  }

  /** https://www.w3.org/TR/webrtc/#set-description: which description is current, which is pending, and the state. */
  #setDescription(mine: { current: SessionDescription | null; pending: SessionDescription | null }, other: typeof mine, description: SessionDescription, side: "local" | "remote"): void {
    let state: Signaling = "stable";
    if (description.type === "answer") {
      mine.current = description;
      other.current = other.pending ?? other.current;
      mine.pending = other.pending = null;
    } else {
      mine.pending = description;
      state = description.type === "offer" ? `have-${side}-offer` : `have-${side}-pranswer`;
    }
    this.#becomeSignaling(state);
  }

  #rolledBack(): void {
    this.#local.pending = this.#remote.pending = null;
    this.#becomeSignaling("stable");
  }

  #becomeSignaling(state: Signaling): void {
    if (state === this.#signaling) return;
    this.#signaling = state;
    this.dispatchEvent(new Event("signalingstatechange"));
    if (state === "stable") {
      this.#negotiationNeeded = false;
      this.#updateNegotiationNeeded();
    }
  }

  /** @returns the track events, to be fired once the description is set. */
  #applyRemote(states: TransceiverState[], sdp: string): (() => void)[] {
    const fire: (() => void)[] = [];
    const sections = mediaSections(sdp);
    for (const [index, state] of states.entries()) {
      const transceiver = this.#transceivers[index] ?? this.#newTransceiver(null, state.y);
      transceiver.sync(state);
      const section = sections.find((one) => one.kind === "audio" && one.mid === state.m);
      const sends = section !== undefined && !section.rejected && receives(reversed(section.direction));
      if (sends && !transceiver.firedTrack) fire.push(() => this.#fireTrack(transceiver, section.streams));
      else if (!sends && transceiver.firedTrack) fire.push(() => this.#endTrack(transceiver));
      transceiver.firedTrack = sends;
    }
    return fire;
  }

  #fireTrack(transceiver: Transceiver, streamIds: string[]): void {
    const track = transceiver.receiver.track;
    transceiver.streams = streamIds.map((id) => {
      const stream = this.#streams.get(id) ?? new MediaStream([], id);
      this.#streams.set(id, stream);
      stream.setRemoteTrack(track, true);
      return stream;
    });
    this.dispatchEvent(new TrackEvent("track", { receiver: transceiver.receiver, streams: transceiver.streams, track, transceiver }));
    if (this.#connection === "connected") track.setMuted(false);
  }
  #endTrack(transceiver: Transceiver): void {
    for (const stream of transceiver.streams) (stream as MediaStream).setRemoteTrack(transceiver.receiver.track, false);
    transceiver.receiver.track.setMuted(true);
  }

  /** https://www.w3.org/TR/webrtc/#update-the-negotiation-needed-flag */
  #updateNegotiationNeeded(): void {
    queueMicrotask(() => {
      if (this.closed || !this.#chain.empty || this.#signaling !== "stable") return;
      const needed = this.#isNegotiationNeeded();
      if (needed === this.#negotiationNeeded) return;
      this.#negotiationNeeded = needed;
      if (needed) this.dispatchEvent(new Event("negotiationneeded"));
    });
  }
  #isNegotiationNeeded(): boolean {
    const described = this.#local.current ? mediaSections(this.#local.current.sdp) : [];
    const channels = this.#channels.size > 0 && this.#local.current !== null && !described.some((one) => one.kind === "application");
    const firstChannel = this.#channels.size > 0 && this.#local.current === null && this.#remote.current === null && !this.#adopted;
    return this.#restart || channels || firstChannel || this.#transceivers.some((one) => one.offered !== one.direction && !(one.stopped && one.mid === null));
  }

  #event(message: HostToClientMessage): void {
    switch (message.t) {
      case "peer_state":
        return this.#states(message);
      case "candidate_found":
        return this.#candidateFound(message.a, message.m, message.l, message.u);
      case "dtmf_tone":
        return this.#transceivers.find((one) => one.takesKeys)?.sender.dtmf.changed(message);
      case "dtmf_received":
        this.dispatchEvent(new CustomEvent("dtmfreceived", { detail: { tone: message.x, durationMs: message.e } }));
        return;
      case "channel_opened": {
        const known = this.#channels.get(message.i);
        if (known) return known.opened(message.l);
        const channel = this.#adoptChannel({ i: message.i, n: message.n, x: message.x, o: false });
        this.dispatchEvent(new DataChannelEvent("datachannel", { channel }));
        return channel.opened(message.l);
      }
      case "channel_message":
        return this.#channels.get(message.i)?.received(message);
      case "channel_closed":
        this.#channels.get(message.i)?.ended(message.x);
        this.#channels.delete(message.i);
        return;
      default:
    }
  }

  #states(states: Pick<PeerInfo, "s0" | "y" | "z" | "w">): void {
    if (this.closed) return;
    if (states.s0 === "closed" || states.y === "closed") {
      // The host has closed it: it was told to by the service or by another client, or it was stopped.
      this.#end();
      this.dispatchEvent(new Event("connectionstatechange"));
      return;
    }
    const { z: ice, y: connection, w: gathering } = states;
    const changed = { ice: ice !== this.#ice, connection: connection !== this.#connection, gathering: gathering !== this.#gathering };
    this.#ice = ice;
    this.#connection = connection;
    this.#gathering = gathering;
    if (changed.connection && connection === "connected")
      for (const one of this.#transceivers) if (one.firedTrack) one.receiver.track.setMuted(false);
    if (changed.gathering) {
      this.dispatchEvent(new Event("icegatheringstatechange"));
      if (gathering === "complete") this.dispatchEvent(new PeerConnectionIceEvent("icecandidate", { candidate: null }));
    }
    if (changed.ice) this.dispatchEvent(new Event("iceconnectionstatechange"));
    if (changed.connection) this.dispatchEvent(new Event("connectionstatechange"));
  }

  #candidateFound(candidate: string, mid: string, line: number, ufrag: string): void {
    const which = this.#local.pending ? "pending" : "current";
    const description = this.#local[which];
    if (description) this.#local[which] = new SessionDescription({ type: description.type, sdp: withCandidate(description.sdp, candidate, mid, line) });
    const found = new IceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: line, usernameFragment: ufrag || null });
    this.dispatchEvent(new PeerConnectionIceEvent("icecandidate", { candidate: found }));
  }

  // --- coming back ---

  #adopted = false;

  #adopt(info: PeerInfo): void {
    this.#adopted = true;
    this.#signaling = info.s0;
    this.#connection = info.y;
    this.#ice = info.z;
    this.#gathering = info.w;
    for (const [index, state] of (info.l ?? []).entries()) {
      const track = state.k ? new MediaStreamTrack(this.host, { kind: "capture", deviceId: "", label: "", enabled: !state.u }, state.k) : null;
      const transceiver = this.#transceivers[index] ?? this.#newTransceiver(track, state.y);
      transceiver.sync(state);
      if (state.m !== "") transceiver.offered = transceiver.direction;
      if (state.z && receives(state.z)) transceiver.firedTrack = true;
    }
    for (const channel of info.d ?? []) if (!this.#channels.has(channel.i)) this.#adoptChannel(channel);
  }

  #adoptChannel(channel: { i: string; n: string; x: string; o?: boolean }): DataChannel {
    const adopted = new DataChannel(this.host, this.id, {
      id: channel.i,
      label: channel.n,
      protocol: channel.x,
      ordered: true,
      maxPacketLifeTime: null,
      maxRetransmits: null,
      negotiated: false,
      stream: null,
      open: channel.o ?? false,
    });
    this.#channels.set(channel.i, adopted);
    return adopted;
  }

  #reattached(info: PeerInfo | undefined): void {
    if (this.closed) return;
    this.dispatchEvent(new Event("hostattached"));
    if (!info) {
      this.#end();
      this.dispatchEvent(new Event("connectionstatechange"));
      return;
    }
    for (const channel of this.#channels.values()) {
      const now = info.d?.find((one) => one.i === channel.hostId);
      if (now?.o) channel.opened(channel.id ?? 0);
    }
    this.#states(info);
  }

  #end(): void {
    this.#chain.close();
    this.#signaling = "closed";
    this.#connection = "closed";
    this.#ice = "closed";
    for (const transceiver of this.#transceivers) transceiver.receiver.track.endRemote();
    for (const channel of this.#channels.values()) channel.ended();
  }
}

defineHandlers(PeerConnection.prototype, peerConnectionEvents);

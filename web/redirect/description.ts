/** https://www.w3.org/TR/webrtc/#rtcsessiondescription-class */
export class SessionDescription implements RTCSessionDescription {
  readonly type: RTCSdpType;
  readonly sdp: string;
  constructor(init: RTCSessionDescriptionInit) {
    this.type = init.type;
    this.sdp = init.sdp ?? "";
  }
  toJSON(): { type: RTCSdpType; sdp: string } {
    return { type: this.type, sdp: this.sdp };
  }
}

const candidatePattern =
  /^candidate:(\S+) (\d+) (\S+) (\d+) (\S+) (\d+) typ (\S+)(?: raddr (\S+))?(?: rport (\d+))?(?:.*? tcptype (\S+))?/i;

/** https://www.w3.org/TR/webrtc/#rtcicecandidate-interface; the parts follow RFC 8839 §5.1. */
export class IceCandidate implements RTCIceCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
  readonly foundation: string | null;
  readonly component: RTCIceComponent | null;
  readonly protocol: RTCIceProtocol | null;
  readonly priority: number | null;
  readonly address: string | null;
  readonly port: number | null;
  readonly type: RTCIceCandidateType | null;
  readonly relatedAddress: string | null;
  readonly relatedPort: number | null;
  readonly tcpType: RTCIceTcpCandidateType | null;

  /** @throws TypeError: neither sdpMid nor sdpMLineIndex. */
  constructor(init: RTCLocalIceCandidateInit = {}) {
    if (init.sdpMid == null && init.sdpMLineIndex == null) throw new TypeError("sdpMid and sdpMLineIndex are both null");
    this.candidate = init.candidate ?? "";
    this.sdpMid = init.sdpMid ?? null;
    this.sdpMLineIndex = init.sdpMLineIndex ?? null;
    this.usernameFragment = init.usernameFragment ?? null;
    const parts = candidatePattern.exec(this.candidate.replace(/^a=/, ""));
    const number = (text: string | undefined) => (text === undefined ? null : Number(text));
    this.foundation = parts?.[1] ?? null;
    this.component = parts ? (parts[2] === "2" ? "rtcp" : "rtp") : null;
    this.protocol = (parts?.[3]?.toLowerCase() as RTCIceProtocol | undefined) ?? null;
    this.priority = number(parts?.[4]);
    this.address = parts?.[5] ?? null;
    this.port = number(parts?.[6]);
    this.type = (parts?.[7] as RTCIceCandidateType | undefined) ?? null;
    this.relatedAddress = parts?.[8] ?? null;
    this.relatedPort = number(parts?.[9]);
    this.tcpType = (parts?.[10] as RTCIceTcpCandidateType | undefined) ?? null;
  }

  toJSON(): RTCIceCandidateInit {
    return {
      candidate: this.candidate,
      sdpMid: this.sdpMid,
      sdpMLineIndex: this.sdpMLineIndex,
      usernameFragment: this.usernameFragment,
    };
  }
}

export class PeerConnectionIceEvent extends Event implements RTCPeerConnectionIceEvent {
  readonly candidate: RTCIceCandidate | null;
  constructor(type: string, init: { candidate?: RTCIceCandidate | null } = {}) {
    super(type);
    this.candidate = init.candidate ?? null;
  }
}

export class TrackEvent extends Event implements RTCTrackEvent {
  readonly receiver: RTCRtpReceiver;
  readonly streams: readonly MediaStream[];
  readonly track: MediaStreamTrack;
  readonly transceiver: RTCRtpTransceiver;
  constructor(type: string, init: RTCTrackEventInit) {
    super(type);
    this.receiver = init.receiver;
    this.streams = init.streams ?? [];
    this.track = init.track;
    this.transceiver = init.transceiver;
  }
}

export class DataChannelEvent extends Event implements RTCDataChannelEvent {
  readonly channel: RTCDataChannel;
  constructor(type: string, init: RTCDataChannelEventInit) {
    super(type);
    this.channel = init.channel;
  }
}

/**
 * WebRTC with the voice in a native host: drop-in RTCPeerConnection, getUserMedia and enumerateDevices over the host control
 * protocol, for pages and for node.
 */
import { IceCandidate, SessionDescription } from "./description.ts";
import { DtmfSender, ToneChangeEvent } from "./dtmf_sender.ts";
import type { HostConnection } from "./host_connection.ts";
import { MediaDevices } from "./media_devices.ts";
import { MediaStream } from "./media_stream.ts";
import { MediaStreamTrack } from "./media_track.ts";
import { PeerConnection, type PeerOptions } from "./peer_connection.ts";
import { RtpReceiver, RtpSender } from "./transceiver.ts";

export { DataChannel } from "./data_channel.ts";
export { DtmfSender, ToneChangeEvent } from "./dtmf_sender.ts";
export { IceCandidate, SessionDescription } from "./description.ts";
export { fromBase64Url, randomId, toBase64Url } from "./encoding.ts";
export { HostLostError, HostRefusedError, OverconstrainedError } from "./errors.ts";
export { HostConnection, type HostState, type HostTransport, type OpenTransport } from "./host_connection.ts";
export { MediaDevices } from "./media_devices.ts";
export { MediaStream } from "./media_stream.ts";
export { MediaStreamTrack } from "./media_track.ts";
export { PeerConnection, type PeerOptions } from "./peer_connection.ts";
export { fingerprint, mediaSections } from "./sdp.ts";
export { StatsReport } from "./stats.ts";
export { openLoopback, type WebSocketFactory, webSocketTransport } from "./websocket_transport.ts";
export type { Playout } from "./transceiver.ts";

/** What a page finds under its own names once its voice is redirected; each stands for its namesake. */
export interface Redirected {
  RTCPeerConnection: {
    new (configuration?: RTCConfiguration, options?: PeerOptions): PeerConnection;
    readonly prototype: PeerConnection;
    generateCertificate(algorithm: AlgorithmIdentifier): Promise<RTCCertificate>;
  };
  RTCSessionDescription: typeof SessionDescription;
  RTCIceCandidate: typeof IceCandidate;
  RTCRtpSender: Made<RtpSender> & Pick<typeof RTCRtpSender, "getCapabilities">;
  RTCDTMFSender: Made<DtmfSender>;
  RTCDTMFToneChangeEvent: typeof ToneChangeEvent;
  RTCRtpReceiver: Made<RtpReceiver> & Pick<typeof RTCRtpReceiver, "getCapabilities">;
  MediaStream: typeof MediaStream;
  MediaStreamTrack: Made<MediaStreamTrack>;
  mediaDevices: MediaDevices;
}

/** A class whose objects programs are given, for `instanceof`: as a page's own, its constructor throws a TypeError. */
interface Made<T> {
  new (): T;
  readonly prototype: T;
}

/** WebRTC's own constructors, bound to one host. */
export function redirect(host: HostConnection): Redirected {
  class BoundPeerConnection extends PeerConnection {
    constructor(configuration?: RTCConfiguration, options?: PeerOptions) {
      super(host, configuration, options);
    }
  }
  return {
    RTCPeerConnection: BoundPeerConnection,
    RTCSessionDescription: SessionDescription,
    RTCIceCandidate: IceCandidate,
    RTCRtpSender: RtpSender as unknown as Redirected["RTCRtpSender"],
    RTCDTMFSender: DtmfSender as unknown as Redirected["RTCDTMFSender"],
    RTCDTMFToneChangeEvent: ToneChangeEvent,
    RTCRtpReceiver: RtpReceiver as unknown as Redirected["RTCRtpReceiver"],
    MediaStream,
    MediaStreamTrack: MediaStreamTrack as unknown as Redirected["MediaStreamTrack"],
    mediaDevices: new MediaDevices(host),
  };
}

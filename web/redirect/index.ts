/**
 * WebRTC with the voice in a native host: drop-in RTCPeerConnection, getUserMedia and enumerateDevices over the host control
 * protocol, for pages and for node.
 */
import { IceCandidate, SessionDescription } from "./description.ts";
import type { HostConnection } from "./host_connection.ts";
import { MediaDevices } from "./media_devices.ts";
import { PeerConnection, type PeerOptions } from "./peer_connection.ts";

export { DataChannel } from "./data_channel.ts";
export { IceCandidate, SessionDescription, StatsReport } from "./description.ts";
export { fromBase64Url, randomId, toBase64Url } from "./encoding.ts";
export { HostLostError, HostRefusedError } from "./errors.ts";
export { HostConnection, type HostState, type HostTransport, type OpenTransport } from "./host_connection.ts";
export { MediaDevices } from "./media_devices.ts";
export { MediaStream } from "./media_stream.ts";
export { MediaStreamTrack } from "./media_track.ts";
export { PeerConnection, type PeerOptions } from "./peer_connection.ts";
export { fingerprint, mediaSections } from "./sdp.ts";
export { openLoopback, type WebSocketFactory, webSocketTransport } from "./websocket_transport.ts";
export type { Playout } from "./transceiver.ts";

/** What a page finds under its own names once its voice is redirected. */
export interface Redirected {
  RTCPeerConnection: new (configuration?: RTCConfiguration, options?: PeerOptions) => PeerConnection;
  RTCSessionDescription: typeof SessionDescription;
  RTCIceCandidate: typeof IceCandidate;
  mediaDevices: MediaDevices;
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
    mediaDevices: new MediaDevices(host),
  };
}

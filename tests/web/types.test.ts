import assert from "node:assert/strict";
import { test } from "node:test";
import type { DataChannel, IceCandidate, MediaDevices, MediaStream, MediaStreamTrack, PeerConnection, SessionDescription, StatsReport } from "../../web/redirect/index.ts";
import type { RtpReceiver, RtpSender, Transceiver } from "../../web/redirect/transceiver.ts";

/** True where a value of A can stand wherever a B is wanted; anything else does not compile. */
type StandsFor<A extends B, B> = A extends B ? true : never;

type DropIn = [
  StandsFor<PeerConnection, RTCPeerConnection>,
  StandsFor<DataChannel, RTCDataChannel>,
  StandsFor<SessionDescription, RTCSessionDescription>,
  StandsFor<IceCandidate, RTCIceCandidate>,
  StandsFor<StatsReport, RTCStatsReport>,
  StandsFor<MediaStream, globalThis.MediaStream>,
  StandsFor<MediaStreamTrack, globalThis.MediaStreamTrack>,
  StandsFor<MediaDevices, globalThis.MediaDevices>,
  StandsFor<RtpSender, RTCRtpSender>,
  StandsFor<RtpReceiver, RTCRtpReceiver>,
  StandsFor<Transceiver, RTCRtpTransceiver>,
];

test("the redirected classes stand for those of the W3C", () => {
  const each: DropIn = [true, true, true, true, true, true, true, true, true, true, true];
  assert.equal(each.length, 11);
});

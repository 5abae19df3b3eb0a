import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type DataChannel,
  type IceCandidate,
  type MediaDevices,
  type MediaStream,
  type MediaStreamTrack,
  PeerConnection,
  redirect,
  type Redirected,
  type SessionDescription,
  type StatsReport,
} from "../../web/redirect/index.ts";
import type { RtpReceiver, RtpSender, Transceiver } from "../../web/redirect/transceiver.ts";
import { FakeHost } from "./fake_host.ts";

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

type Found = typeof globalThis;
type Constructors = [
  StandsFor<Redirected["RTCPeerConnection"], Found["RTCPeerConnection"]>,
  StandsFor<Redirected["RTCSessionDescription"], Found["RTCSessionDescription"]>,
  StandsFor<Redirected["RTCIceCandidate"], Found["RTCIceCandidate"]>,
  StandsFor<Redirected["RTCRtpSender"], Found["RTCRtpSender"]>,
  StandsFor<Redirected["RTCDTMFSender"], Found["RTCDTMFSender"]>,
  StandsFor<Redirected["RTCDTMFToneChangeEvent"], Found["RTCDTMFToneChangeEvent"]>,
  StandsFor<Redirected["RTCRtpReceiver"], Found["RTCRtpReceiver"]>,
  StandsFor<Redirected["MediaStream"], Found["MediaStream"]>,
  StandsFor<Redirected["MediaStreamTrack"], Found["MediaStreamTrack"]>,
];

/** Listeners know their event by its name: this does not compile where they do not. */
function listen(connection: PeerConnection, channel: DataChannel, track: MediaStreamTrack, devices: MediaDevices, stream: MediaStream): string[] {
  const heard: string[] = [];
  connection.addEventListener("icecandidate", ({ candidate }) => heard.push(candidate?.candidate ?? ""));
  connection.addEventListener("track", ({ transceiver }) => heard.push(transceiver.mid ?? ""));
  connection.addEventListener("datachannel", ({ channel: { label } }) => heard.push(label));
  channel.addEventListener("message", ({ data }: MessageEvent) => heard.push(String(data)));
  track.addEventListener("ended", function () {
    heard.push(this.label);
  });
  devices.addEventListener("devicechange", function () {
    void this.enumerateDevices();
  });
  stream.addEventListener("addtrack", ({ track: { id } }) => heard.push(id));
  // @ts-expect-error: an event of this name has no candidate
  connection.addEventListener("track", ({ candidate }) => heard.push(candidate));
  return heard;
}

test("what redirect hands out stands for its namesakes, as types and at run time", async () => {
  const each: Constructors = [true, true, true, true, true, true, true, true, true];
  const found = redirect(new FakeHost().connection());
  assert.equal(each.length + 1, Object.keys(found).length);
  const C: typeof RTCPeerConnection = found.RTCPeerConnection;
  const connection = new C();
  assert.ok(connection instanceof PeerConnection && C.prototype.isPrototypeOf(connection));
  await assert.rejects(C.generateCertificate("ECDSA"), (error) => error instanceof DOMException && error.name === "NotSupportedError");
  const { sender, receiver } = connection.addTransceiver("audio");
  assert.ok(sender instanceof found.RTCRtpSender && receiver instanceof found.RTCRtpReceiver && receiver.track instanceof found.MediaStreamTrack);
  assert.ok((await found.mediaDevices.getUserMedia({ audio: true })) instanceof found.MediaStream);
  for (const Made of [found.RTCRtpSender, found.RTCDTMFSender, found.RTCRtpReceiver, found.MediaStreamTrack]) assert.throws(() => new Made(), TypeError);
  for (const { getCapabilities } of [found.RTCRtpSender, found.RTCRtpReceiver]) {
    assert.deepEqual(getCapabilities("audio")?.codecs.map((one) => one.mimeType), [
      "audio/opus",
      "audio/red",
      "audio/G722",
      "audio/G7221",
      "audio/G7221",
      "audio/PCMU",
      "audio/PCMA",
      "audio/CN",
      "audio/telephone-event",
      "audio/telephone-event",
    ]);
    assert.equal(getCapabilities("video"), null);
  }
  assert.equal(typeof listen, "function");
});

test("the redirected classes stand for those of the W3C", () => {
  const each: DropIn = [true, true, true, true, true, true, true, true, true, true, true];
  assert.equal(each.length, 11);
});

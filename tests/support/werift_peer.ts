import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from "werift";
import { fromALaw, toALaw } from "./a_law.ts";
import { type FarPeer, ToneClock } from "./far_peer.ts";
import { atEnd } from "./processes.ts";
import { Recording } from "./recording.ts";

const [rate, payloadType, packetMs] = [8000, 8, 20];
const packetSamples = (rate * packetMs) / 1000;

/** werift, which is WebRTC without codecs: what it sends and plays is PCMA. */
export function weriftPeer(frequencyHz: number, amplitude: number): FarPeer {
  const peer = new RTCPeerConnection({
    codecs: { audio: [new RTCRtpCodecParameters({ mimeType: "audio/PCMA", clockRate: rate, channels: 1, payloadType })] },
    iceServers: [],
  });
  const track = new MediaStreamTrack({ kind: "audio" });
  peer.addTransceiver(track, { direction: "sendrecv" });

  let sent = 0;
  const clock = new ToneClock(rate, packetMs, frequencyHz, amplitude, (block) => {
    const header = new RtpHeader({ payloadType, sequenceNumber: sent & 0xffff, timestamp: sent * packetSamples, marker: sent === 0 });
    sent++;
    if (peer.connectionState === "connected") track.writeRtp(new RtpPacket(header, Buffer.from(Uint8Array.from(block, toALaw))));
  });

  const recording = new Recording(rate);
  let next: number | undefined;
  peer.onTrack.subscribe((remote) => {
    remote.onReceiveRtp.subscribe(({ header, payload }) => {
      if (header.payloadType !== payloadType) return;
      const missing = next === undefined ? 0 : (header.timestamp - next) | 0;
      if (missing < 0) return; // too late for a recording that goes on
      recording.append(Buffer.alloc(2 * Math.min(missing, rate)));
      next = (header.timestamp + payload.length) >>> 0;
      recording.append(Buffer.from(Int16Array.from(payload, fromALaw).buffer));
    });
  });

  const gathered = async (): Promise<string> => {
    await peer.setLocalDescription();
    if (peer.iceGatheringState !== "complete") await peer.iceGatheringStateChange.watch((state) => state === "complete");
    return peer.localDescription?.sdp ?? "";
  };
  const close = async (): Promise<void> => {
    clock.stop();
    await peer.close();
  };
  atEnd(close);
  return {
    recording,
    offer: gathered,
    answer: async (offer) => {
      await peer.setRemoteDescription({ type: "offer", sdp: offer });
      return gathered();
    },
    accept: (answer) => peer.setRemoteDescription({ type: "answer", sdp: answer }),
    close,
  };
}

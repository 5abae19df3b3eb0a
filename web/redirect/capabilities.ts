/** What every native host can send and receive. @source media/codec/registry.cpp, media/peer/negotiation.cpp */
const codecs: readonly RTCRtpCodec[] = [
  { mimeType: "audio/opus", clockRate: 48000, channels: 2, sdpFmtpLine: "minptime=10;useinbandfec=1" },
  { mimeType: "audio/red", clockRate: 48000, channels: 2 },
  { mimeType: "audio/G722", clockRate: 8000, channels: 1 },
  { mimeType: "audio/G7221", clockRate: 16000, channels: 1, sdpFmtpLine: "bitrate=32000" },
  { mimeType: "audio/G7221", clockRate: 16000, channels: 1, sdpFmtpLine: "bitrate=24000" },
  { mimeType: "audio/PCMU", clockRate: 8000, channels: 1 },
  { mimeType: "audio/PCMA", clockRate: 8000, channels: 1 },
  { mimeType: "audio/CN", clockRate: 8000, channels: 1 },
  { mimeType: "audio/telephone-event", clockRate: 48000, channels: 1, sdpFmtpLine: "0-15" },
  { mimeType: "audio/telephone-event", clockRate: 8000, channels: 1, sdpFmtpLine: "0-15" },
];

/** @returns null: not audio. */
export function capabilitiesOf(kind: string): RTCRtpCapabilities | null {
  return kind === "audio" ? { codecs: codecs.map((codec) => ({ ...codec })), headerExtensions: [] } : null;
}

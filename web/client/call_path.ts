// What an RTCStatsReport says of a call, in words.

interface Stats {
  id: string;
  type: string;
  [key: string]: unknown;
}

export interface CallPath {
  /** Where the voice goes: ends, kinds of candidates, protocol. */
  way: string;
  /** Codec, loss, jitter and round trip of now. */
  quality: string;
}

const kinds: Record<string, string> = {
  host: "own address",
  srflx: "behind a NAT",
  prflx: "behind a NAT",
  relay: "TURN relay",
};

const text = (value: unknown, none = "?") => (value === undefined ? none : String(value));
const milliseconds = (seconds: unknown) => (typeof seconds === "number" ? `${(seconds * 1000).toFixed(1)} ms` : "?");

export function pathOf(report: RTCStatsReport): CallPath | undefined {
  const all = new Map<string, Stats>();
  report.forEach((one: Stats) => all.set(one.id, one));
  const find = (fits: (one: Stats) => boolean) => [...all.values()].find(fits);
  const byId = (id: unknown) => all.get(String(id));

  const transport = find((one) => one.type === "transport" && one["selectedCandidatePairId"] !== undefined);
  const pair = byId(transport?.["selectedCandidatePairId"]) ?? find((one) => one.type === "candidate-pair" && (one["selected"] === true || one["nominated"] === true));
  const local = byId(pair?.["localCandidateId"]);
  const remote = byId(pair?.["remoteCandidateId"]);
  if (!pair || !local || !remote) return undefined;
  const relayed = local["candidateType"] === "relay" || remote["candidateType"] === "relay";
  const end = (one: Stats) => `${text(one["address"] ?? one["ip"])}:${text(one["port"])} (${kinds[String(one["candidateType"])] ?? text(one["candidateType"])})`;

  const inbound = find((one) => one.type === "inbound-rtp");
  const codec = byId(inbound?.["codecId"]) ?? find((one) => one.type === "codec");
  const received = Number(inbound?.["packetsReceived"] ?? 0);
  const lost = Number(inbound?.["packetsLost"] ?? 0);
  const loss = received + lost > 0 ? `${((100 * lost) / (received + lost)).toFixed(1)} %` : "?";
  return {
    way: `${relayed ? "relayed" : "direct"} by ${text(local["protocol"], "udp")}, ${end(local)} to ${end(remote)}`,
    quality: `${text(codec?.["mimeType"]).replace("audio/", "")}, loss ${loss}, jitter ${milliseconds(inbound?.["jitter"])}, round trip ${milliseconds(pair["currentRoundTripTime"])}`,
  };
}

/** What an RTCStatsReport says of a running call's voice: loss, jitter, round trip, how good it sounds, where it goes. */

export interface Quality {
  loss_percent: number;
  jitter_ms: number;
  round_trip_ms: number;
  /** Mean opinion score, 1 to 4.5; 0: not known yet. */
  mos: number;
}
export type Path = "unknown" | "direct" | "relayed" | "browser";

export interface Stat {
  id: string;
  type: string;
  [member: string]: unknown;
}

/** Counts since the call began, as far as one second needs the one before. */
export interface Counts {
  received: number;
  lost: number;
  /** Seconds that samples have waited in the jitter buffer, and how many samples. */
  waited: number;
  played: number;
}

const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);

/**
 * For a call of the browser's own; a native host says itself how good it is. The E-model of ITU-T G.107 for Opus over a network with random loss.
 * @param delayMs  mouth to ear, one way. @returns 1 to 4.5
 */
export function meanOpinionScore(delayMs: number, lossPercent: number): number {
  const equipment = 0;
  const robustness = 25.1;
  const effective = equipment + ((95 - equipment) * lossPercent) / (lossPercent + robustness);
  const r = 93.2 - 0.024 * delayMs - 0.11 * Math.max(0, delayMs - 177.3) - effective;
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

/** Delay beyond network and jitter buffer: packets of 20 ms, encoder, devices. */
const endsMs = 50;

export function readQuality(stats: readonly Stat[], before: Counts | undefined): { quality: Quality; counts: Counts } {
  const inbound = stats.find((one) => one.type === "inbound-rtp" && one["kind"] !== "video");
  const pair = selectedPair(stats);
  const remote = stats.find((one) => one.type === "remote-inbound-rtp");
  const counts: Counts = {
    received: number(inbound?.["packetsReceived"]),
    // Lost on the way, and those that came too late to be played.
    lost: Math.max(0, number(inbound?.["packetsLost"])) + number(inbound?.["packetsDiscarded"]),
    waited: number(inbound?.["jitterBufferDelay"]),
    played: number(inbound?.["jitterBufferEmittedCount"]),
  };
  const since = (name: keyof Counts): number => Math.max(0, counts[name] - (before?.[name] ?? 0));
  const expected = since("received") + since("lost");
  const loss = expected > 0 ? (100 * since("lost")) / expected : 0;
  const roundTrip = 1000 * (number(pair?.["currentRoundTripTime"]) || number(remote?.["roundTripTime"]));
  const buffer = since("played") > 0 ? (1000 * since("waited")) / since("played") : 0;
  const known = before !== undefined && expected > 0;
  return {
    quality: {
      loss_percent: loss,
      jitter_ms: 1000 * number(inbound?.["jitter"]),
      round_trip_ms: roundTrip,
      mos: number(inbound?.["mosConversational"]) || (known ? meanOpinionScore(roundTrip / 2 + buffer + endsMs, loss) : 0),
    },
    counts,
  };
}

/** @param byHost  a native host carries the voice. */
export function readPath(stats: readonly Stat[], byHost: boolean): Path {
  const pair = selectedPair(stats);
  if (!pair) return "unknown";
  const kind = (id: unknown): unknown => stats.find((one) => one.id === id)?.["candidateType"];
  if (kind(pair["localCandidateId"]) === "relay" || kind(pair["remoteCandidateId"]) === "relay") return "relayed";
  return byHost ? "direct" : "browser";
}

function selectedPair(stats: readonly Stat[]): Stat | undefined {
  const chosen = stats.find((one) => one.type === "transport")?.["selectedCandidatePairId"];
  return (
    stats.find((one) => one.type === "candidate-pair" && one.id === chosen) ??
    // Firefox has no transport statistics.
    stats.find((one) => one.type === "candidate-pair" && (one["selected"] === true || (one["nominated"] === true && one["state"] === "succeeded")))
  );
}

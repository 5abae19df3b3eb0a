/** https://www.w3.org/TR/webrtc/#rtcstatsreport-object */
export class StatsReport extends Map<string, RTCStats> {
  constructor(stats: RTCStats[]) {
    super(stats.map((one) => [one.id, one]));
  }

  /**
   * What belongs to one direction of one transceiver: its RTP streams and everything that they refer to.
   * https://www.w3.org/TR/webrtc/#the-stats-selection-algorithm
   */
  select(side: "sender" | "receiver", mid: string | null): StatsReport {
    const type = side === "sender" ? "outbound-rtp" : "inbound-rtp";
    const wanted = [...this.values()].filter((one) => one.type === type && (one as { mid?: string }).mid === mid);
    const found = new Map(wanted.map((one) => [one.id, one]));
    // A Map is walked in the order of insertion, also of what is inserted meanwhile.
    for (const one of found.values())
      for (const [member, value] of Object.entries(one)) {
        const other = member.endsWith("Id") ? this.get(String(value)) : undefined;
        if (other) found.set(other.id, other);
      }
    return new StatsReport([...found.values()]);
  }
}

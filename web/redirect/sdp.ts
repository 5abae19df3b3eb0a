import type { Direction } from "#protocol";

/** One media section of an SDP (RFC 8866), as far as the W3C's objects need it. */
export interface MediaSection {
  kind: string;
  mid: string;
  direction: Direction;
  rejected: boolean;
  /** It has telephone events (RFC 4733). */
  events: boolean;
  /** MediaStream ids of `a=msid` (RFC 8830); without "-". */
  streams: string[];
}

const directions = new Set(["sendrecv", "sendonly", "recvonly", "inactive"]);

export function mediaSections(sdp: string): MediaSection[] {
  const sections: MediaSection[] = [];
  let current: MediaSection | undefined;
  for (const line of sdp.split(/\r?\n/)) {
    if (line.startsWith("m=")) {
      const [kind = "", port = ""] = line.slice(2).split(" ");
      current = { kind, mid: "", direction: "sendrecv", rejected: port === "0", events: false, streams: [] };
      sections.push(current);
    } else if (current && line.startsWith("a=mid:")) {
      current.mid = line.slice(6);
    } else if (current && line.startsWith("a=msid:")) {
      const stream = line.slice(7).split(" ")[0];
      if (stream && stream !== "-") current.streams.push(stream);
    } else if (current && /^a=rtpmap:\d+ telephone-event\//i.test(line)) {
      current.events = true;
    } else if (current && line.startsWith("a=") && directions.has(line.slice(2))) {
      current.direction = line.slice(2) as Direction;
    }
  }
  return sections;
}

/** The first SHA-256 fingerprint (RFC 8122), upper-case hexadecimal with colons. */
export function fingerprint(sdp: string): string | undefined {
  return /^a=fingerprint:sha-256 ([0-9A-F:]+)\s*$/im.exec(sdp)?.[1]?.toUpperCase();
}

/** `sdp` with a candidate at the end of its media section, as localDescription has it once it is found. */
export function withCandidate(sdp: string, candidate: string, mid: string, line: number): string {
  const parts = sdp.split(/(?=^m=)/m);
  const wanted = mid === "" ? -1 : parts.findIndex((part, index) => index > 0 && new RegExp(`^a=mid:${escape(mid)}\\r?$`, "m").test(part));
  const at = wanted > 0 ? wanted : line + 1;
  const part = parts[at];
  if (part === undefined) return sdp;
  parts[at] = `${part}a=${candidate === "" ? "end-of-candidates" : candidate}\r\n`;
  return parts.join("");
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

export function reversed(direction: Direction): Direction {
  return direction === "sendonly" ? "recvonly" : direction === "recvonly" ? "sendonly" : direction;
}
export const receives = (direction: Direction) => direction === "sendrecv" || direction === "recvonly";

export function audioSections(sdp: string): MediaSection[] {
  return mediaSections(sdp).filter((one) => one.kind === "audio");
}

import { spawn } from "node:child_process";
import { atEnd, needRoot, run } from "./processes.ts";

/**
 * Two endpoints, each behind its own NAT, and the Internet in between, in network namespaces:
 *
 *     left 192.168.1.10 ── NAT 203.0.113.11 ╲
 *                                            ╲ 203.0.113.1 internet (service, STUN)
 *                                            ╱
 *     right 192.168.2.10 ─ NAT 203.0.113.12 ╱
 *
 * The NATs keep ports where they can (endpoint-independent mapping in effect, RFC 4787 §4.1) and drop what nobody asked for (address- and port-dependent
 * filtering, §5), so a direct way needs both sides' hole punching.
 */
export class TwoNats {
  readonly internetAddress = "203.0.113.1";
  private constructor(private readonly prefix: string) {}

  /** Needs root. Names carry this process's number, so that runs do not meet; `stop` removes all. */
  static async start(): Promise<TwoNats> {
    needRoot();
    const nats = new TwoNats(`sidetone-${process.pid}-`);
    atEnd(() => nats.stop());
    process.once("exit", () => nats.removeNow());
    await nats.build();
    return nats;
  }

  /** Words in front of a command, so that it runs at that place. */
  at(place: "internet" | "left" | "right"): readonly string[] {
    return ["ip", "netns", "exec", this.name(place)];
  }

  private name(place: string): string {
    return this.prefix + place;
  }

  private async ip(place: string, ...words: string[]): Promise<void> {
    await run("ip", ["-n", this.name(place), ...words]);
  }

  private async build(): Promise<void> {
    for (const place of places) {
      await run("ip", ["netns", "add", this.name(place)]);
      await this.ip(place, "link", "set", "lo", "up");
    }
    await this.ip("internet", "link", "add", "br0", "type", "bridge");
    await this.ip("internet", "addr", "add", `${this.internetAddress}/24`, "dev", "br0");
    await this.ip("internet", "link", "set", "br0", "up");
    for (const [side, digit] of [
      ["left", 1],
      ["right", 2],
    ] as const) {
      const nat = `${side}-nat`;
      await this.ip(nat, "link", "add", "wan0", "type", "veth", "peer", "name", side, "netns", this.name("internet"));
      await this.ip("internet", "link", "set", side, "master", "br0", "up");
      await this.ip(nat, "addr", "add", `203.0.113.1${digit}/24`, "dev", "wan0");
      await this.ip(nat, "link", "set", "wan0", "up");
      await this.ip(nat, "link", "add", "lan0", "type", "veth", "peer", "name", "eth0", "netns", this.name(side));
      await this.ip(nat, "addr", "add", `192.168.${digit}.1/24`, "dev", "lan0");
      await this.ip(nat, "link", "set", "lan0", "up");
      await this.ip(side, "addr", "add", `192.168.${digit}.10/24`, "dev", "eth0");
      await this.ip(side, "link", "set", "eth0", "up");
      await this.ip(side, "route", "add", "default", "via", `192.168.${digit}.1`);
      await run("ip", ["netns", "exec", this.name(nat), "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
      await this.rules(nat);
    }
  }

  private rules(nat: string): Promise<void> {
    const drop = 'ct state established,related accept; iifname "wan0" drop;';
    const text = `table ip nat {
  chain post { type nat hook postrouting priority 100; oifname "wan0" masquerade; }
}
table ip filter {
  chain forward { type filter hook forward priority 0; ${drop} }
  chain input { type filter hook input priority 0; ${drop} }
}`;
    return new Promise((resolve, reject) => {
      const child = spawn("ip", ["netns", "exec", this.name(nat), "nft", "-f", "-"], { stdio: ["pipe", "ignore", "inherit"] });
      child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`nft: code ${code ?? "?"}`))));
      child.stdin.end(text);
    });
  }

  async stop(): Promise<void> {
    for (const place of places) await run("ip", ["netns", "del", this.name(place)]).catch(() => undefined);
  }

  private removeNow(): void {
    for (const place of places) spawn("ip", ["netns", "del", this.name(place)], { stdio: "ignore", detached: true }).unref();
  }
}

const places = ["internet", "left-nat", "right-nat", "left", "right"] as const;

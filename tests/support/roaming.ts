import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Endpoint, makeEndpoint } from "./endpoints.ts";
import { pathOf } from "./person.ts";
import { atEnd, needRoot, run } from "./processes.ts";
import { Service } from "./service.ts";

export type Interface = "wlan0" | "wwan0";

/**
 * An endpoint with two interfaces, one with one, and a router in between on which the service runs, in network namespaces:
 *
 *     roaming ─ wlan0 198.51.100.10 ─╮
 *             ─ wwan0 192.0.2.10 ────┤ 203.0.113.1 router (service)
 *     fixed ─── eth0 203.0.113.130 ──╯
 */
export class Roaming {
  readonly serviceAddress = "203.0.113.1";
  private address: string = networks.wlan0.address;
  private constructor(private readonly prefix: string) {}

  /** Needs root. Names carry this process's number, so that runs do not meet; `stop` removes all. */
  static async start(): Promise<Roaming> {
    needRoot();
    const roaming = new Roaming(`sidetone-${process.pid}-`);
    atEnd(() => roaming.stop());
    process.once("exit", () => roaming.removeNow());
    await roaming.build();
    return roaming;
  }

  /** Words in front of a command, so that it runs at that place. */
  at(place: Place): readonly string[] {
    return ["ip", "netns", "exec", this.name(place)];
  }

  /** The service on the router, which clients and hosts reach by TLS, and two people with their hosts. */
  async people(logs: string): Promise<{ service: Service; alice: Endpoint; bob: Endpoint }> {
    const [certificate, key] = [join(logs, "certificate.pem"), join(logs, "key.pem")];
    await run("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=sidetone.test"],
      ...["-addext", `subjectAltName=IP:${this.serviceAddress}`, "-keyout", key, "-out", certificate],
    ]);
    const config = `[server]\naddress = ${this.serviceAddress}\ncertificate = ${certificate}\nkey = ${key}\n`;
    const service = await Service.start({ logs, prefix: this.at("router"), config });
    const end = (place: Place, user: string): Promise<Endpoint> =>
      makeEndpoint(service, user, logs, {
        prefix: this.at(place),
        hostArguments: ["--ca", certificate],
        arguments: ["--ca", certificate, "--auto-answer"],
      });
    const [alice, bob] = await Promise.all([end("roaming", "alice"), end("fixed", "bob")]);
    return { service, alice, bob };
  }

  /** The roaming end's interface that carries a call. */
  async carrier(end: Endpoint, call: string): Promise<Interface> {
    const address = String(pathOf(await end.person.stats(call)).local["address"]);
    const found = (["wlan0", "wwan0"] as const).find((device) => this.addressOf(device) === address);
    if (found === undefined) throw new Error(`the call leaves by ${address}, which is no address of wlan0 or wwan0`);
    return found;
  }

  addressOf(device: Interface): string {
    return device === "wlan0" ? this.address : networks.wwan0.address;
  }
  /** Where the end that stays sends the voice of a call. */
  async remoteOf(end: Endpoint, call: string): Promise<string> {
    return String(pathOf(await end.person.stats(call)).remote["address"]);
  }

  async down(device: Interface): Promise<void> {
    await this.ip("roaming", "link", "set", device, "down");
  }
  async up(device: Interface): Promise<void> {
    await this.ip("roaming", "link", "set", device, "up");
    await this.route(device);
  }

  /** The interface stays up, and nothing passes any more, in either direction. */
  async swallow(device: Interface): Promise<void> {
    await this.rules(`table ip hole {
  chain in { type filter hook prerouting priority -300; iifname "${device}" drop; }
  chain out { type filter hook postrouting priority 300; oifname "${device}" drop; }
}`);
  }
  async passAgain(): Promise<void> {
    await this.rules("delete table ip hole");
  }

  /** Voice that goes to the end that stays passes a link of so many kbit/s, frames and all, with a queue of 20 packets. */
  async narrow(kilobits: number): Promise<void> {
    await this.queues("qdisc", "add", "root", "handle", "1:", "htb", "default", "1");
    await this.queues("class", "add", "parent", "1:", "classid", "1:1", "htb", "rate", "1gbit");
    await this.queues("class", "add", "parent", "1:", "classid", "1:2", "htb", "rate", `${kilobits}kbit`);
    await this.queues("qdisc", "add", "parent", "1:2", "pfifo", "limit", "20");
    await this.queues("filter", "add", "parent", "1:", "protocol", "ip", "u32", "match", "ip", "protocol", "17", "0xff", "flowid", "1:2");
  }
  async widen(): Promise<void> {
    await this.queues("qdisc", "del", "root");
  }

  /** wlan0's address is gone, and then it has its other one. */
  async renumber(): Promise<void> {
    await this.ip("roaming", "addr", "flush", "dev", "wlan0");
    this.address = this.address === networks.wlan0.address ? networks.wlan0.otherAddress : networks.wlan0.address;
    await this.ip("roaming", "addr", "add", `${this.address}/24`, "dev", "wlan0");
    await this.route("wlan0");
  }

  async stop(): Promise<void> {
    for (const place of places) await run("ip", ["netns", "del", this.name(place)]).catch(() => undefined);
  }

  private removeNow(): void {
    for (const place of places) spawn("ip", ["netns", "del", this.name(place)], { stdio: "ignore", detached: true }).unref();
  }

  private name(place: Place): string {
    return this.prefix + place;
  }

  private async ip(place: Place, ...words: string[]): Promise<void> {
    await run("ip", ["-n", this.name(place), ...words]);
  }

  private async queues(object: string, action: string, ...words: string[]): Promise<void> {
    await run("ip", ["netns", "exec", this.name("router"), "tc", object, action, "dev", "wired", ...words]);
  }

  private async route(device: Interface): Promise<void> {
    const { router, metric } = networks[device];
    await this.ip("roaming", "route", "replace", "default", "via", router, "dev", device, "metric", metric);
  }

  private async build(): Promise<void> {
    for (const place of places) {
      await run("ip", ["netns", "add", this.name(place)]);
      await this.ip(place, "link", "set", "lo", "up");
    }
    await run("ip", ["netns", "exec", this.name("router"), "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    for (const device of ["wlan0", "wwan0"] as const) {
      const { address, router } = networks[device];
      await this.cable(device, router, "roaming", device, address, 24);
      await this.route(device);
    }
    await this.cable("wired", this.serviceAddress, "fixed", "eth0", "203.0.113.130", 24);
    await this.ip("fixed", "route", "add", "default", "via", this.serviceAddress);
  }

  private async cable(routerDevice: string, routerAddress: string, place: Place, device: string, address: string, bits: number): Promise<void> {
    await this.ip("router", "link", "add", routerDevice, "type", "veth", "peer", "name", device, "netns", this.name(place));
    await this.ip("router", "addr", "add", `${routerAddress}/${bits}`, "dev", routerDevice);
    await this.ip("router", "link", "set", routerDevice, "up");
    await this.ip(place, "addr", "add", `${address}/${bits}`, "dev", device);
    await this.ip(place, "link", "set", device, "up");
  }

  private rules(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn("ip", ["netns", "exec", this.name("router"), "nft", "-f", "-"], { stdio: ["pipe", "ignore", "inherit"] });
      child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`nft: code ${code ?? "?"}`))));
      child.stdin.end(text);
    });
  }
}

type Place = "roaming" | "router" | "fixed";
const places = ["router", "roaming", "fixed"] as const;
const networks = {
  wlan0: { address: "198.51.100.10", otherAddress: "198.51.100.20", router: "198.51.100.1", metric: "100" },
  wwan0: { address: "192.0.2.10", router: "192.0.2.1", metric: "200" },
} as const;

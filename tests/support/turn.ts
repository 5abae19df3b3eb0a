import { join } from "node:path";
import { type Certificate } from "./certificate.ts";
import { freePort, ownAddress } from "./ports.ts";
import { ofAnotherMachine, Program } from "./processes.ts";

export interface TurnOptions {
  address?: string;
  /** Run in a network namespace. */
  prefix?: readonly string[];
  port?: number;
  /** TURN over TLS, too, by another port. */
  certificate?: Certificate;
}

/** coturn: STUN, and TURN with one user. */
export class TurnServer {
  readonly username = "sidetone";
  readonly credential = "relayed";

  private constructor(
    private readonly program: Program,
    readonly address: string,
    readonly port: number,
    /** Without a certificate nobody listens there. */
    readonly tlsPort: number,
  ) {}

  static async start(name: string, logs: string, options: TurnOptions = {}): Promise<TurnServer> {
    const address = options.address ?? ownAddress();
    const port = options.port ?? (await freePort(address));
    const { certificate } = options;
    const tlsPort = certificate === undefined ? 0 : await freePort(address);
    const tls = certificate === undefined ? ["--no-tls"] : ["--tls-listening-port", `${tlsPort}`, "--cert", certificate.certificate, "--pkey", certificate.key];
    const program = new Program({
      name,
      command: "turnserver",
      args: [
        ...["-n", "-L", address, "-E", address, "-p", `${port}`, "-a", "-u", "sidetone:relayed", "-r", "sidetone.test"],
        ...["--allow-loopback-peers", "--no-cli", ...tls, "--no-dtls", "--no-multicast-peers", "--verbose"],
        ...[
          "--log-file",
          "stdout",
          "--simple-log",
          "--pidfile",
          join(logs, `${name}.pid`),
          "--userdb",
          join(logs, `${name}.db`),
          "--relay-threads",
          "1",
        ],
      ],
      logs,
      prefix: [...(options.prefix ?? []), ...ofAnotherMachine],
    });
    await program.line(/UDP listener opened on/);
    return new TurnServer(program, address, port, tlsPort);
  }

  /** As an entry of iceServers. */
  turnBy(transport: "udp" | "tcp"): { urls: string; username: string; credential: string } {
    return { urls: `turn:${this.address}:${this.port}?transport=${transport}`, username: this.username, credential: this.credential };
  }
  /** @param host  as clients write it. */
  turnByTls(host = this.address): { urls: string; username: string; credential: string } {
    return { urls: `turns:${host}:${this.tlsPort}`, username: this.username, credential: this.credential };
  }
  get stun(): { urls: string } {
    return { urls: `stun:${this.address}:${this.port}` };
  }

  /** A section of the service's configuration that hands it out to clients. */
  asConfig(kind: "turn" | "stun" = "turn"): string {
    if (kind === "stun") return `[ice]\nstun = ${this.stun.urls}\n`;
    return `[ice]\nturn = ${this.turnBy("udp").urls}\nturn_user = ${this.username}\nturn_password = ${this.credential}\n`;
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { hostPath } from "./paths.ts";
import { Program } from "./processes.ts";
import { type SoundServer } from "./pulse.ts";

export interface HostOptions {
  name: string;
  logs: string;
  /** http address of the service */
  service: string;
  /** Folder that holds the credential; made when it is not there. */
  data?: string;
  /** None: no audio devices. */
  sound?: SoundServer;
  prefix?: readonly string[];
  arguments?: readonly string[];
}

interface HostEvent {
  event: string;
  code?: string;
  user?: string;
  host?: string;
  loopback_port?: number;
  devices?: number;
  reason?: string;
  client?: number;
}

/** A running sidetone-host. */
export class Host {
  readonly data: string;
  readonly program: Program;

  constructor(private readonly options: HostOptions) {
    this.data = options.data ?? join(options.logs, `${options.name}-data`);
    mkdirSync(this.data, { recursive: true, mode: 0o700 });
    this.program = new Program({
      name: options.name,
      command: hostPath,
      args: [
        ...["--service", options.service.replace(/^http/, "ws"), "--data", this.data, "--name", options.name, "--events"],
        ...(options.sound === undefined ? ["--no-devices"] : ["--pulse-server", options.sound.server]),
        ...(options.arguments ?? []),
      ],
      ...(options.sound === undefined ? {} : { env: options.sound.env }),
      ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
      logs: options.logs,
    });
  }

  private event(name: string, fits: (event: Partial<HostEvent>) => boolean = () => true): Promise<HostEvent> {
    return this.program.event<HostEvent>((event) => event.event === name && fits(event), `the event ${name}`);
  }

  /** The code that it shows while it is not paired. */
  async pairingCode(): Promise<string> {
    return (await this.event("pairing_code")).code ?? "";
  }
  /** @returns its id and the port of its loopback way in. */
  async signedIn(): Promise<{ host: string; loopbackPort: number }> {
    const event = await this.event("signed_in");
    return { host: event.host ?? "", loopbackPort: event.loopback_port ?? 0 };
  }
  /** Resolves when it has found its audio devices. */
  async hasDevices(): Promise<void> {
    await this.event("audio", (event) => (event.devices ?? 0) > 0);
  }
  async disconnected(): Promise<string> {
    return (await this.event("disconnected")).reason ?? "";
  }

  /** The same host once more, after it has ended. */
  again(): Host {
    return new Host({ ...this.options, data: this.data });
  }
}

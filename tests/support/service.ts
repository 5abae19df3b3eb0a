import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { servicePath } from "./paths.ts";
import { Program } from "./processes.ts";

export interface ServiceOptions {
  logs: string;
  /** Lines of the configuration file. */
  config?: string;
  prefix?: readonly string[];
  arguments?: readonly string[];
}

/** A running sidetone-service with the demo company, its data in the test's own folder. */
export class Service {
  private constructor(
    private readonly options: ServiceOptions,
    readonly program: Program,
    readonly url: string,
    readonly data: string,
  ) {}

  static async start(options: ServiceOptions, port = 0): Promise<Service> {
    const data = join(options.logs, "service-data");
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const config = join(options.logs, "service.conf");
    writeFileSync(config, options.config ?? "");
    const program = new Program({
      name: "service",
      command: servicePath,
      args: ["--config", config, "--data", data, "--port", `${port}`, "--demo", ...(options.arguments ?? [])],
      ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
      logs: options.logs,
    });
    const [, url = ""] = await program.line(/^ready (https?:\/\/\S+)$/);
    return new Service(options, program, url, data);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The same service once more, on the same port and data, after it has ended. */
  again(): Promise<Service> {
    return Service.start(this.options, this.port);
  }

  /** Counters of /health by name. */
  async health(): Promise<Record<string, number>> {
    const response = await fetch(`${this.url}/health`);
    const body = (await response.json()) as { counters?: Record<string, number> };
    return body.counters ?? {};
  }
}

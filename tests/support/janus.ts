import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { Program, until } from "./processes.ts";

const plugins = "/usr/lib/x86_64-linux-gnu/janus";

/** What Janus answers and tells; members as in its documentation. */
export interface JanusAnswer {
  janus: string;
  transaction?: string;
  data?: { id: number };
  error?: { reason: string };
  plugindata?: { data: { error?: string; rtp?: { port: number } } };
  jsep?: { type: "answer"; sdp: string };
}

/** Somebody who takes part in something of a plugin. */
export interface JanusHandle {
  say: (body: Record<string, unknown>, jsep?: RTCSessionDescriptionInit) => Promise<JanusAnswer>;
  /** The first of what is told of the session, to this one or another of its participants, that gives a value. */
  hears: <T>(what: string, read: (event: JanusAnswer) => T | undefined) => Promise<T>;
}

/** Debian's Janus with its AudioBridge, driven by its HTTP interface. */
export class Janus {
  private transactions = 0;

  private constructor(
    private readonly program: Program,
    private readonly base: string,
  ) {}

  /** @param prefix  words in front of the command. */
  static async start(logs: string, prefix: readonly string[] = []): Promise<Janus> {
    const http = await freePort();
    const folder = join(logs, "janus");
    const nothing = join(folder, "none");
    mkdirSync(nothing, { recursive: true });
    const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    write(
      "janus.jcfg",
      `general: { configs_folder = "${folder}", plugins_folder = "${plugins}/plugins", transports_folder = "${plugins}/transports", events_folder = "${nothing}", loggers_folder = "${nothing}", debug_level = 2, session_timeout = 0 }
nat: { nice_debug = false, full_trickle = false }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }
`,
    );
    write(
      "janus.transport.http.jcfg",
      `general: { json = "compact", base_path = "/janus", http = true, port = ${http}, ip = "127.0.0.1", https = false }\nadmin: { admin_http = false }\n`,
    );
    write("janus.plugin.audiobridge.jcfg", `general: { local_ip = "127.0.0.1", rtp_port_range = "30000-39000", events = false }\n`);
    const program = new Program({ name: "janus", command: "janus", args: ["-F", folder, "-C", join(folder, "janus.jcfg")], logs, prefix });
    const janus = new Janus(program, `http://127.0.0.1:${http}/janus`);
    await until("Janus", async () => {
      try {
        return (await fetch(`${janus.base}/info`)).ok ? true : undefined;
      } catch {
        return undefined;
      }
    });
    return janus;
  }

  get pid(): number {
    return this.program.pid;
  }

  /** @returns its path. */
  async session(): Promise<string> {
    return this.make("", { janus: "create" });
  }

  /** @param session  its path. */
  async attach(session: string): Promise<JanusHandle> {
    const handle = await this.make(session, { janus: "attach", plugin: "janus.plugin.audiobridge" });
    return {
      say: (body, jsep) => this.post(handle, { janus: "message", body, ...(jsep === undefined ? {} : { jsep }) }),
      hears: (what, read) =>
        until(what, async () => {
          const event = (await (await fetch(`${this.base}${session}`)).json()) as JanusAnswer;
          const why = event.plugindata?.data.error;
          if (why !== undefined) throw new Error(`janus: ${why}`);
          return read(event);
        }),
    };
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }

  private async post(path: string, body: Record<string, unknown>): Promise<JanusAnswer> {
    const response = await fetch(this.base + path, { method: "POST", body: JSON.stringify({ ...body, transaction: String(++this.transactions) }) });
    const answer = (await response.json()) as JanusAnswer;
    const why = answer.error?.reason ?? answer.plugindata?.data.error;
    if (why !== undefined) throw new Error(`janus: ${why}`);
    return answer;
  }

  private async make(path: string, body: Record<string, unknown>): Promise<string> {
    const { data } = await this.post(path, body);
    if (data === undefined) throw new Error("janus: no id");
    return `${path}/${data.id}`;
  }
}

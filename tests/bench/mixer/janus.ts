import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program, until } from "../../support/processes.ts";
import { freePort } from "../../support/baresip.ts";

/** Debian's Janus with an AudioBridge whose participants speak plain RTP, driven by its HTTP interface. */

const plugins = "/usr/lib/x86_64-linux-gnu/janus";

/** What Janus answers and tells; members as in its documentation. */
interface Answer {
  janus: string;
  transaction?: string;
  data?: { id: number };
  error?: { reason: string };
  plugindata?: { data: { error?: string; rtp?: { port: number } } };
}

export interface Participants {
  pid: number;
  /** Where each leg's RTP goes to. */
  ports: number[];
  end: () => Promise<void>;
}

export interface JanusOptions {
  logs: string;
  conferences: number;
  legsOfConference: number;
  /** Participant i is heard at this port + i. */
  firstPort: number;
  payloadType: number;
  complexity: number;
  bitrate: number;
  /** Words in front of the command. */
  prefix: readonly string[];
}

export async function startJanus(options: JanusOptions): Promise<Participants> {
  const http = await freePort();
  const folder = join(options.logs, "janus");
  mkdirSync(folder, { recursive: true });
  const nothing = join(folder, "none");
  mkdirSync(nothing, { recursive: true });
  const write = (name: string, text: string): void =>
    writeFileSync(join(folder, name), text);
  write(
    "janus.jcfg",
    `general: { configs_folder = "${folder}", plugins_folder = "${plugins}/plugins", transports_folder = "${plugins}/transports", events_folder = "${nothing}", loggers_folder = "${nothing}", debug_level = 2, session_timeout = 0 }
nat: { nice_debug = false, full_trickle = true }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }
`,
  );
  write(
    "janus.transport.http.jcfg",
    `general: { json = "compact", base_path = "/janus", http = true, port = ${http}, ip = "127.0.0.1", https = false }\nadmin: { admin_http = false }\n`,
  );
  write(
    "janus.plugin.audiobridge.jcfg",
    `general: { local_ip = "127.0.0.1", rtp_port_range = "30000-39000", events = false }\n`,
  );
  const program = new Program({
    name: "janus",
    command: "janus",
    args: ["-F", folder, "-C", join(folder, "janus.jcfg")],
    logs: options.logs,
    prefix: options.prefix,
  });

  let transactions = 0;
  const base = `http://127.0.0.1:${http}/janus`;
  const post = async (
    path: string,
    body: Record<string, unknown>,
  ): Promise<Answer> => {
    const response = await fetch(base + path, {
      method: "POST",
      body: JSON.stringify({ ...body, transaction: String(++transactions) }),
    });
    const answer = (await response.json()) as Answer;
    const why = answer.error?.reason ?? answer.plugindata?.data.error;
    if (why !== undefined) throw new Error(`janus: ${why}`);
    return answer;
  };
  const make = async (
    path: string,
    body: Record<string, unknown>,
  ): Promise<string> => {
    const { data } = await post(path, body);
    if (data === undefined) throw new Error("janus: no id");
    return `${path}/${data.id}`;
  };
  await until("Janus", async () => {
    try {
      return (await fetch(`${base}/info`)).ok ? true : undefined;
    } catch {
      return undefined;
    }
  });

  const ports: number[] = [];
  for (let room = 1; room <= options.conferences; room++) {
    const session = await make("", { janus: "create" });
    for (let i = 0; i < options.legsOfConference; i++) {
      const handle = await make(session, {
        janus: "attach",
        plugin: "janus.plugin.audiobridge",
      });
      const say = (body: Record<string, unknown>): Promise<Answer> =>
        post(handle, { janus: "message", body });
      if (i === 0)
        await say({
          request: "create",
          room,
          sampling_rate: 48_000,
          allow_rtp_participants: true,
          audiolevel_event: false,
          default_bitrate: options.bitrate,
        });
      const rtp = {
        ip: "127.0.0.1",
        port: options.firstPort + ports.length,
        payload_type: options.payloadType,
      };
      await say({
        request: "join",
        room,
        codec: "opus",
        quality: options.complexity,
        bitrate: options.bitrate,
        rtp,
      });
      // What the others of the room are told comes the same way.
      const port = await until("joined", async () => {
        const event = (await (
          await fetch(`${base}${session}`)
        ).json()) as Answer;
        const why = event.plugindata?.data.error;
        if (why !== undefined) throw new Error(`janus: ${why}`);
        return event.plugindata?.data.rtp?.port;
      });
      ports.push(port);
    }
  }
  return {
    pid: program.pid,
    ports,
    end: async () => {
      await program.stop();
    },
  };
}

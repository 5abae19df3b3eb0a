import { Janus } from "../../support/janus.ts";

/** A Janus with conferences whose participants speak plain RTP. */

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
  const { bitrate, complexity: quality } = options;
  const janus = await Janus.start(options.logs, options.prefix);
  const ports: number[] = [];
  for (let room = 1; room <= options.conferences; room++) {
    const session = await janus.session();
    for (let i = 0; i < options.legsOfConference; i++) {
      const handle = await janus.attach(session);
      if (i === 0)
        await handle.say({
          ...{ request: "create", room, sampling_rate: 48_000, allow_rtp_participants: true },
          ...{ audiolevel_event: false, default_bitrate: bitrate },
        });
      const rtp = { ip: "127.0.0.1", port: options.firstPort + ports.length, payload_type: options.payloadType };
      await handle.say({ request: "join", room, codec: "opus", quality, bitrate, rtp });
      ports.push(await handle.hears("joined", (event) => event.plugindata?.data.rtp?.port));
    }
  }
  return { pid: janus.pid, ports, end: () => janus.stop() };
}

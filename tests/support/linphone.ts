import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ofAnotherMachine, Program } from "./processes.ts";
import { type SoundServer } from "./pulse.ts";

export interface LinphoneOptions {
  sound: SoundServer;
  logs: string;
  /** UDP port of its SIP on the loopback interface. */
  port: number;
  /** First of the two ports of its voice. */
  rtpPort: number;
  /** A SIP address that it calls at once. */
  dial: string;
}

/** What linphone says of a call that has ended; undefined: it has not said that. */
export function accountOf(lines: readonly string[]): { lost: number; late: number; overflown: number; madeUp: number } | undefined {
  const count = (pattern: RegExp): number | undefined => {
    const found = lines.map((line) => pattern.exec(line)?.[1]).find((one) => one !== undefined);
    return found === undefined ? undefined : Number(found);
  };
  const [lost, late] = [count(/incoming cumulative lost +(\d+) packets/), count(/incoming received too late +(\d+) packets/)];
  const [overflown, madeUp] = [count(/discarded \(queue overflow\) +(\d+) packets/), count(/opus decoder stats: .* plc (\d+) packets/)];
  return lost === undefined || late === undefined || overflown === undefined || madeUp === undefined ? undefined : { lost, late, overflown, madeUp };
}

/** A linphone with an endpoint's sound: SRTP by SDES or no call, and its adaptive jitter buffer. Commands go to its input. */
export async function startLinphone(options: LinphoneOptions): Promise<Program> {
  const folder = join(options.logs, "linphone");
  mkdirSync(join(folder, ".local/share/linphone"), { recursive: true });
  const configuration = join(folder, "linphonerc");
  writeFileSync(
    configuration,
    [
      ...["[sip]", `sip_port=${options.port}`, "sip_tcp_port=0", "sip_tls_port=0", "use_ipv6=0", "ipv6_migration_done=1", "guess_hostname=0"],
      ...[`contact=sip:linphone@127.0.0.1:${options.port}`, "media_encryption=srtp", "media_encryption_mandatory=1"],
      ...["[rtp]", `audio_rtp_port=${options.rtpPort}`, "audio_adaptive_jitt_comp_enabled=1"],
      ...["[sound]", "echocancellation=0", "echolimiter=0", "noisegate=0", "agc=0"],
      ...["playback_dev_id=PulseAudio Unknown: Headset_Speaker", "capture_dev_id=PulseAudio Unknown: Headset_Microphone"],
    ].join("\n") + "\n",
  );
  const program = new Program({
    name: "linphone",
    command: "linphonec",
    args: ["-c", configuration, "-d", "4"],
    env: { ...options.sound.env, HOME: folder },
    logs: options.logs,
    prefix: ofAnotherMachine,
  });
  await program.line(/Creating listening point/); // before, it would not know from where to call
  program.input.write(`call ${options.dial}\n`);
  return program;
}

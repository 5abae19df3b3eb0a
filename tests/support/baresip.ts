import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ofAnotherMachine, Program } from "./processes.ts";
import { type SoundServer } from "./pulse.ts";

export interface BaresipOptions {
  /** Its user name, and the name of its program in the logs. */
  user: string;
  sound: SoundServer;
  logs: string;
  /** UDP port of its SIP on the loopback interface. */
  port: number;
  /** Beside those for sound, files and its menu. */
  modules: readonly string[];
  /** Of its account, as `mediaenc=srtp-mand`. */
  account: readonly string[];
  /** More lines of its configuration. */
  settings?: readonly string[];
  /** A SIP address that it calls at once. */
  dial?: string;
}

/** A baresip with an endpoint's sound, which goes to PulseAudio by ALSA's plugin: Debian's has no module of its own for that. */
export async function startBaresip(options: BaresipOptions): Promise<Program> {
  const name = `baresip-${options.user}`;
  const folder = join(options.logs, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "config"),
    [
      "poll_method epoll",
      `sip_listen 127.0.0.1:${options.port}`,
      "call_local_timeout 120",
      "audio_player alsa,pulse",
      "audio_source alsa,pulse",
      "audio_alert aufile,/dev/null",
      "jitter_buffer_delay 1-20",
      "module_path /usr/lib/baresip/modules",
      ...["alsa", "aufile", ...options.modules].map((module) => `module ${module}.so`),
      ...["uuid", "account"].map((module) => `module_tmp ${module}.so`),
      "module_app menu.so",
      ...(options.settings ?? []),
    ].join("\n") + "\n",
  );
  const parameters = ["regint=0", "answermode=auto", ...options.account].join(";");
  writeFileSync(join(folder, "accounts"), `<sip:${options.user}@127.0.0.1:${options.port};transport=udp>;${parameters}\n`);
  writeFileSync(join(folder, "contacts"), "");
  const program = new Program({
    name,
    command: "baresip",
    args: ["-f", folder, ...(options.dial === undefined ? [] : ["-e", `/dial ${options.dial}`])],
    env: options.sound.env,
    logs: options.logs,
    prefix: ofAnotherMachine,
  });
  await program.line(/baresip is ready/);
  return program;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { join } from "node:path";
import { Program } from "../../support/processes.ts";
import { type SoundServer } from "../../support/pulse.ts";

/** Two baresips in a call, each with an endpoint's sound: ICE, DTLS-SRTP and Opus as the native hosts use them. */

export interface BaresipCall {
  /** Of the one that was called. */
  pid: number;
  end: () => Promise<void>;
}

const modules = ["opus", "alsa", "aufile", "stun", "ice", "srtp", "dtls_srtp"];

/** A UDP port of the loopback interface that nobody has at the moment. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** A folder of settings. Sound goes to PulseAudio by ALSA's plugin, for Debian's baresip has no module of its own for that. */
function settings(folder: string, user: string, port: number, bitrate: number, complexity: number): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "config"),
    [
      "poll_method epoll",
      `sip_listen 127.0.0.1:${port}`,
      "call_local_timeout 120",
      "audio_player alsa,pulse",
      "audio_source alsa,pulse",
      "audio_alert aufile,/dev/null",
      ...["ausrc_srate 48000", "auplay_srate 48000", "ausrc_channels 1", "auplay_channels 1"],
      "jitter_buffer_delay 1-20",
      "module_path /usr/lib/baresip/modules",
      ...modules.map((module) => `module ${module}.so`),
      ...["uuid", "account"].map((module) => `module_tmp ${module}.so`),
      "module_app menu.so",
      `opus_bitrate ${bitrate}`,
      `opus_complexity ${complexity}`,
      ...["opus_stereo no", "opus_sprop_stereo no", "opus_application voip"],
    ].join("\n") + "\n",
  );
  const parameters = "transport=udp>;regint=0;audio_codecs=opus/48000/2;mediaenc=dtls_srtp;medianat=ice;answermode=auto";
  writeFileSync(join(folder, "accounts"), `<sip:${user}@127.0.0.1:${port};${parameters}\n`);
  writeFileSync(join(folder, "contacts"), "");
  return folder;
}

/** @param bitrate  bit/s. @param complexity  of Opus, 0 … 10. */
export async function baresipCall(sounds: readonly [SoundServer, SoundServer], logs: string, bitrate: number, complexity: number): Promise<BaresipCall> {
  const start = async (sound: SoundServer, port: number, ...more: string[]): Promise<Program> => {
    const name = `baresip-${sound.name}`;
    const folder = settings(join(logs, name), sound.name, port, bitrate, complexity);
    const program = new Program({ name, command: "baresip", args: ["-f", folder, ...more], env: sound.env, logs });
    await program.line(/baresip is ready/);
    return program;
  };
  const [callerPort, calleePort] = [await freePort(), await freePort()];
  const callee = await start(sounds[1], calleePort);
  const caller = await start(sounds[0], callerPort, "-e", `/dial sip:${sounds[1].name}@127.0.0.1:${calleePort}`);
  await Promise.all([caller.line(/Call established/), callee.line(/Call established/)]);
  return {
    pid: callee.pid,
    end: async () => {
      await Promise.all([caller.stop(), callee.stop()]);
    },
  };
}

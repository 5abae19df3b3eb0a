import { startBaresip } from "../../support/baresip.ts";
import { freePort } from "../../support/ports.ts";
import { type Program } from "../../support/processes.ts";
import { type SoundServer } from "../../support/pulse.ts";

/** Two baresips in a call, each with an endpoint's sound: ICE, DTLS-SRTP and Opus as the native hosts use them. */

export interface BaresipCall {
  /** Of the one that was called. */
  pid: number;
  end: () => Promise<void>;
}

/** @param bitrate  bit/s. @param complexity  of Opus, 0 … 10. */
export async function baresipCall(sounds: readonly [SoundServer, SoundServer], logs: string, bitrate: number, complexity: number): Promise<BaresipCall> {
  const start = (sound: SoundServer, port: number, dial?: string): Promise<Program> =>
    startBaresip({
      user: sound.name,
      sound,
      logs,
      port,
      modules: ["opus", "stun", "ice", "srtp", "dtls_srtp"],
      account: ["audio_codecs=opus/48000/2", "mediaenc=dtls_srtp", "medianat=ice"],
      settings: [
        ...["ausrc_srate 48000", "auplay_srate 48000", "ausrc_channels 1", "auplay_channels 1"],
        ...[`opus_bitrate ${bitrate}`, `opus_complexity ${complexity}`],
        ...["opus_stereo no", "opus_sprop_stereo no", "opus_application voip"],
      ],
      ...(dial === undefined ? {} : { dial }),
    });
  const [callerPort, calleePort] = [await freePort(), await freePort()];
  const callee = await start(sounds[1], calleePort);
  const caller = await start(sounds[0], callerPort, `sip:${sounds[1].name}@127.0.0.1:${calleePort}`);
  await Promise.all([caller.line(/Call established/), callee.line(/Call established/)]);
  return {
    pid: callee.pid,
    end: async () => {
      await Promise.all([caller.stop(), callee.stop()]);
    },
  };
}

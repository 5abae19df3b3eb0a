import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeSocketFolder } from "./paths.ts";
import { beforeAllOthers, Program, run, until } from "./processes.ts";
import { Recording } from "./recording.ts";
import { decibels, sampleRate, toPcm16 } from "./signal.ts";

/**
 * The sound of one endpoint: a PulseAudio server of its own, without hardware. What is played into `feed` is what the microphone hears; what the
 * loudspeaker plays is recorded from `speaker.monitor`. There is another loudspeaker, `laptop`, for when the headset is pulled out.
 */
export class SoundServer {
  private players = 0;
  private speakerModule = "";
  private microphoneModule = "";
  private recorders = 0;

  private constructor(
    readonly name: string,
    private readonly logs: string,
    readonly program: Program,
    readonly server: string,
    /** For programs that use this endpoint's sound. */
    readonly env: Record<string, string>,
  ) {}

  static async start(name: string, logs: string): Promise<SoundServer> {
    const folder = makeSocketFolder();
    for (const sub of ["home", "run"]) mkdirSync(join(folder, sub), { mode: 0o700 });
    const server = `unix:${join(folder, "pulse")}`;
    const env = {
      HOME: join(folder, "home"),
      XDG_RUNTIME_DIR: join(folder, "run"),
      PULSE_SERVER: server,
      PULSE_RUNTIME_PATH: join(folder, "run"),
      LC_ALL: "C",
    };
    const script = join(folder, "default.pa");
    writeFileSync(script, `load-module module-native-protocol-unix socket=${join(folder, "pulse")} auth-anonymous=1\n`);
    const program = new Program({
      name: `pulseaudio-${name}`,
      command: "pulseaudio",
      // High priority and real time: sound hardware does not wait for a busy processor either.
      args: [
        "-n",
        "-F",
        script,
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--disallow-exit",
        "--realtime=yes",
        "--high-priority=yes",
        "--log-target=stderr",
      ],
      env,
      logs,
      prefix: beforeAllOthers,
    });
    await until(`the sound server of ${name}`, async () =>
      program.alive
        ? await run("pactl", ["--server", server, "info"], { env }).catch(() => undefined)
        : Promise.reject(new Error("pulseaudio has ended")),
    );
    const sound = new SoundServer(name, logs, program, server, env);
    await sound.addSink("laptop", "Laptop_Speaker", 2);
    await sound.addSink("feed", "Feed", 1);
    await sound.plugSpeaker();
    await sound.plugMicrophone();
    await sound.runAsHardware();
    return sound;
  }

  /**
   * The server stands for a sound card, which waits for no processor: its main thread, through which all sound passes, must not wait for a browser that
   * starts beside it either; nor another server's sound for the start of this one, which takes some tenths of a second and is over now. Needs CAP_SYS_NICE,
   * as the witness of stalls does.
   */
  private async runAsHardware(): Promise<void> {
    await run("chrt", ["--rr", "--pid", "5", `${this.program.pid}`]);
  }

  async control(...words: string[]): Promise<string> {
    return (await run("pactl", ["--server", this.server, ...words], { env: this.env })).trim();
  }

  private addSink(name: string, description: string, channels: number): Promise<string> {
    return this.control(
      "load-module",
      "module-null-sink",
      `sink_name=${name}`,
      "rate=48000",
      `channels=${channels}`,
      // Else it plays up to 2 s ahead while nobody listens, and who opens the microphone hears nothing for as long: no sound card does.
      "norewinds=1",
      `sink_properties=device.description=${description}`,
    );
  }

  /** The headset's microphone is there, and the default. */
  async plugMicrophone(): Promise<void> {
    const properties = "source_properties=device.description=Headset_Microphone";
    this.microphoneModule = await this.control("load-module", "module-remap-source", "source_name=microphone", "master=feed.monitor", properties);
    await this.control("set-default-source", "microphone");
  }
  async unplugMicrophone(): Promise<void> {
    await this.control("unload-module", this.microphoneModule);
  }
  /** The headset's loudspeaker is there, and the default. */
  async plugSpeaker(): Promise<void> {
    this.speakerModule = await this.addSink("speaker", "Headset_Speaker", 2);
    await this.control("set-default-sink", "speaker");
  }
  /** `laptop` is the default then. */
  async unplugSpeaker(): Promise<void> {
    await this.control("set-default-sink", "laptop");
    await this.control("unload-module", this.speakerModule);
  }

  /** A steady tone into the microphone, made by the sound server itself, so that no busy processor interrupts it. @param amplitude  peak, 0 … 1. */
  async hum(frequencyHz: number, amplitude: number): Promise<{ stop: () => Promise<void> }> {
    const module = await this.control("load-module", "module-sine", "sink=feed", `frequency=${frequencyHz}`);
    const inputs = (await this.control("list", "sink-inputs")).split("Sink Input #");
    const input = inputs.find((one) => one.includes(`Owner Module: ${module}\n`))?.split("\n")[0];
    if (input === undefined) throw new Error(`module ${module} plays nothing`);
    await this.control("set-sink-input-volume", input, `${decibels(amplitude / 0.5).toFixed(2)}dB`); // module-sine plays at half of full scale
    return {
      stop: async () => {
        await this.control("unload-module", module);
      },
    };
  }

  /** Say something into the microphone. */
  speak(samples: Float32Array): Player {
    return new Player(this, `speak-${this.name}-${++this.players}`, this.logs, toPcm16(samples));
  }

  /** Record what the loudspeaker plays (`speaker.monitor`), or another source. */
  record(source = "speaker.monitor"): Recorder {
    return new Recorder(this, `record-${this.name}-${++this.recorders}`, this.logs, source);
  }

  async stop(): Promise<void> {
    await this.program.stop("SIGKILL"); // --disallow-exit ignores the others; nothing here is worth saving
  }
}

export class Player {
  /** Resolves when all has been played, or it was stopped. */
  readonly done: Promise<void>;
  private readonly program: Program;

  constructor(sound: SoundServer, name: string, logs: string, pcm: Buffer) {
    this.program = new Program({
      name,
      command: "pacat",
      args: [
        "--playback",
        "--raw",
        "--format=s16le",
        `--rate=${sampleRate}`,
        "--channels=1",
        "--latency-msec=200",
        "--device=feed",
        `--server=${sound.server}`,
      ],
      env: sound.env,
      logs,
    });
    this.program.input.end(pcm);
    this.done = this.program.exited.then(() => undefined);
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }
}

/** What a loudspeaker plays, or a microphone hears, as long as it runs. */
export class Recorder extends Recording {
  private readonly program: Program;

  constructor(sound: SoundServer, name: string, logs: string, source: string) {
    super();
    this.program = new Program({
      name,
      command: "parec",
      args: ["--raw", "--format=s16le", `--rate=${sampleRate}`, "--channels=1", "--latency-msec=5", `--device=${source}`, `--server=${sound.server}`],
      env: sound.env,
      logs,
      binary: true,
    });
    this.program.bytes.on("data", (chunk: Buffer) => this.append(chunk));
  }

  /** Resolves when sound arrives; silence does too. */
  override async running(): Promise<void> {
    await Promise.race([super.running(), this.program.exited.then(() => Promise.reject(new Error("parec has ended")))]);
  }

  async stop(): Promise<Float32Array> {
    await this.program.stop();
    return this.samples();
  }
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { asJson, asTable, type Figure } from "../../support/figures.ts";
import {
  makeRunFolder,
  mixerLoadPath,
  mixerServerPath,
} from "../../support/paths.ts";
import { cpuSeconds, endAll, Program, run } from "../../support/processes.ts";
import { speech } from "../jitter/speech.ts";
import { startJanus } from "./janus.ts";

/** npm run bench -- mixer [--json]: how many legs of conferences one core carries, beside Janus. See README.md beside this file. */

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean" },
    runs: { type: "string", default: "3" },
    only: { type: "string" },
    conferences: { type: "string" },
  },
});
const logs = makeRunFolder("bench-mixer");
const say = (text: string): void => {
  if (options.json !== true) process.stderr.write(`${text}\n`);
};

const legsOfConference = 8;
const warmUpS = 5;
const windowS = 3;
const [serverPort, loadPort] = [41_000, 45_000];
const onCore = (core: number): readonly string[] => [
  "taskset",
  "-c",
  String(core),
];

/** What mixer_load prints. */
interface Heard {
  least: number;
  received: number;
  late: number;
  quietest: number;
  behind: number;
}
interface Trial extends Heard {
  /** Of one core, in percent. */
  cpu: number;
  carried: boolean;
}
type Server = {
  pid: number;
  ports: readonly number[];
  end: () => Promise<void>;
};
interface Side {
  name: string;
  wire: "srtp" | "rtp";
  start: (conferences: number) => Promise<Server>;
}

const speechFile = join(logs, "speech.raw");
writeFileSync(speechFile, new Uint8Array(speech().buffer));

const ours: Side = {
  name: "ours",
  wire: "srtp",
  start: async (conferences) => {
    const program = new Program({
      name: "mixer_server",
      command: mixerServerPath,
      args: [conferences, serverPort, loadPort].map(String),
      logs,
      prefix: onCore(0),
    });
    await program.line(/^ready$/);
    const ports = Array.from(
      { length: conferences * legsOfConference },
      (_, i) => serverPort + i,
    );
    return {
      pid: program.pid,
      ports,
      end: async () => {
        await program.stop();
      },
    };
  },
};

const janus: Side = {
  name: "janus",
  wire: "rtp",
  start: (conferences) =>
    startJanus({
      logs,
      conferences,
      legsOfConference,
      firstPort: loadPort,
      payloadType: 111,
      complexity: 5,
      bitrate: 32_000,
      prefix: onCore(0),
    }),
};

/** Conferences for some seconds. @throws where nothing is heard: that would be no conference. */
async function trial(side: Side, conferences: number): Promise<Trial> {
  const server = await side.start(conferences);
  try {
    const load = new Program({
      name: "mixer_load",
      command: mixerLoadPath,
      args: [
        speechFile,
        String(loadPort),
        String(warmUpS),
        String(windowS),
        side.wire,
        ...server.ports.map(String),
      ],
      logs,
      prefix: onCore(1),
    });
    const result = load.line(/^\{.*/);
    await new Promise((resolve) => setTimeout(resolve, warmUpS * 1000));
    const [used, began] = [cpuSeconds(server.pid), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, (windowS - 0.5) * 1000));
    const cpu =
      (100 * (cpuSeconds(server.pid) - used)) /
      ((performance.now() - began) / 1000);
    const [line] = await result;
    const heard = JSON.parse(line) as Heard;
    await load.exited;
    if (heard.quietest < 0.005 && heard.received > 0.9)
      throw new Error(`${side.name}: the listeners hear nothing: ${line}`);
    const carried = heard.least >= 0.98 && heard.late <= 0.01;
    say(
      `${side.name} ${conferences * legsOfConference} legs: ${cpu.toFixed(1)} % ${line} ${carried ? "carried" : "too many"}`,
    );
    return { ...heard, cpu, carried };
  } finally {
    await server.end();
  }
}

/** The most legs that are carried, in whole conferences. */
async function capacity(side: Side): Promise<number> {
  const few = 4;
  const { cpu } = await trial(side, few);
  let carried = few;
  let tooMany = Math.ceil((few * 100) / cpu) + 2; // less than it costs with few it does not cost
  if ((await trial(side, tooMany)).carried)
    throw new Error(`${side.name}: more is carried than there is time for`);
  while (tooMany - carried > 1) {
    const next = Math.max(
      carried + 1,
      Math.min(tooMany - 1, Math.round(carried + 0.6 * (tooMany - carried))),
    );
    if ((await trial(side, next)).carried) carried = next;
    else tooMany = next;
  }
  return carried * legsOfConference;
}

async function measure(): Promise<Figure[]> {
  const values = { ours: [] as number[], janus: [] as number[] };
  const sides = [ours, janus].filter(
    (side) => options.only === undefined || options.only === side.name,
  );
  for (let i = 0; i < Number(options.runs); i++)
    for (const side of sides)
      values[side === ours ? "ours" : "janus"].push(await capacity(side));
  const unit = "legs on one core";
  return [
    { key: "ours_legs", unit, reach: undefined, values: values.ours },
    { key: "janus_legs", unit, reach: undefined, values: values.janus },
  ];
}

try {
  await run("prlimit", ["--nofile=8192", "--pid", String(process.pid)]);
  if (options.conferences !== undefined) {
    await trial(
      options.only === "janus" ? janus : ours,
      Number(options.conferences),
    );
  } else {
    const figures = await measure();
    console.log(
      options.json === true
        ? JSON.stringify(asJson(figures))
        : asTable(figures),
    );
  }
} finally {
  await endAll();
}

import { type Call, type Message, type View } from "#client";
import { join } from "node:path";
import { type Host } from "./host.ts";
import { webBuild } from "./paths.ts";
import { patienceMs, Program, until, within } from "./processes.ts";
import { Refused } from "./wire.ts";

/** One dictionary of an RTCStatsReport. */
export interface Stat {
  type: string;
  id: string;
  [member: string]: unknown;
}

export interface PersonOptions {
  name: string;
  logs: string;
  /** http address of the service */
  service: string;
  /** How the client reaches its host; default rendezvous. */
  way?: "rendezvous" | "loopback" | "none";
  prefix?: readonly string[];
  env?: Readonly<Record<string, string>>;
  arguments?: readonly string[];
}

interface AgentEvent {
  event: string;
  call?: Call | string;
  phase?: string;
  tone?: string;
}

interface Answer {
  id: number;
  ok: boolean;
  code?: string;
  text?: string;
}

/** A person at a client: the client's core and the redirecting RTCPeerConnection under node, in a process of its own (web/tools/agent.ts). */
export class Person {
  readonly program: Program;
  private readonly stateFile: string;
  private last = 0;
  private readonly asked = new Map<number, (answer: Answer) => void>();

  private constructor(private readonly options: PersonOptions) {
    this.stateFile = join(options.logs, `${options.name}-state.json`);
    this.program = new Program({
      name: options.name,
      command: process.execPath,
      args: [
        ...["--no-experimental-fetch", "--enable-source-maps", join(webBuild, "agent.mjs"), "--service", options.service, "--state", this.stateFile],
        ...["--host", options.way ?? "rendezvous", ...(options.arguments ?? [])],
      ],
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
      logs: options.logs,
      take: (line) => {
        const answer = JSON.parse(line) as Partial<Answer>;
        if (answer.id === undefined) return false;
        this.asked.get(answer.id)?.(answer as Answer);
        return true;
      },
    });
  }

  static async start(options: PersonOptions): Promise<Person> {
    const person = new Person(options);
    await person.event("ready");
    return person;
  }

  /** A client that is signed in, and knows the directory. */
  static async signIn(options: PersonOptions, user: string, password = "sidetone"): Promise<Person> {
    const person = await Person.start(options);
    await person.do("sign_in", { user, password });
    await person.when("the directory", (view) => ((view.contacts?.length ?? 0) > 0 ? true : undefined));
    return person;
  }

  /** The same client once more with what it has kept: it signs in by itself. */
  async again(): Promise<Person> {
    const person = await Person.start(this.options);
    await person.online();
    return person;
  }

  /** @throws Refused */
  async do<T = object>(what: string, fields: object = {}, timeoutMs = patienceMs): Promise<T> {
    const id = ++this.last;
    const answered = new Promise<Answer>((resolve) => this.asked.set(id, resolve));
    this.program.input.write(`${JSON.stringify({ id, do: what, ...fields })}\n`);
    const gone = this.program.exited.then(() => Promise.reject(new Error(`${this.options.name} has ended without an answer to ${what}`)));
    const answer = await within(Promise.race([answered, gone]), `the answer to ${what} at ${this.options.name}`, timeoutMs);
    this.asked.delete(id);
    if (!answer.ok) throw new Refused(answer.code ?? "", answer.text ?? "", undefined);
    return answer as unknown as T;
  }

  /** The next event of a kind; `since` leaves out earlier lines (see `mark`). */
  event(name: string, fits: (event: Partial<AgentEvent>) => boolean = () => true, since = 0): Promise<AgentEvent> {
    return this.program.event<AgentEvent>((event) => event.event === name && fits(event), `the event ${name}`, patienceMs, since);
  }
  /** A place in the stream of events, for `since`. */
  mark(): number {
    return this.program.lines.length;
  }

  async view(): Promise<View> {
    return (await this.do<{ state: View }>("state")).state;
  }
  /** Resolves when the view gives a value. */
  when<T>(what: string, look: (view: View) => T | undefined | Promise<T | undefined>, timeoutMs = patienceMs): Promise<T> {
    return until(`${what} at ${this.options.name}`, async () => look(await this.view()), timeoutMs);
  }
  online(): Promise<true> {
    return this.when("being online", (view) => (view.connection === "online" ? true : undefined));
  }

  /** The number of somebody in the directory, by sign-in name. */
  async user(address: string): Promise<number> {
    const found = (await this.view()).contacts?.find((contact) => contact.address === address);
    if (found === undefined) throw new Error(`${address} is not in the directory of ${this.options.name}`);
    return found.user;
  }

  /** Make a host this person's own. @returns its id. */
  async pair(host: Host): Promise<string> {
    const { host: id } = await this.do<{ host: string }>("pair_now", { code: await host.pairingCode() });
    await host.signedIn();
    return id;
  }

  async chat(to: number, text: string): Promise<number> {
    return (await this.do<{ number: number }>("chat", { to, text })).number;
  }
  /** Everything that was said with somebody, as far as this client knows it. */
  async messages(other: number): Promise<Message[]> {
    return (await this.view()).conversations?.find((conversation) => conversation.with === other)?.messages ?? [];
  }
  message(other: number, text: string, state?: Message["state"]): Promise<Message> {
    return this.when(`the message "${text}"`, (view) =>
      view.conversations
        ?.find((conversation) => conversation.with === other)
        ?.messages?.find((message) => message.text === text && (state === undefined || message.state === state)),
    );
  }

  async call(to: number): Promise<string> {
    return (await this.do<{ call: string }>("call", { to })).call;
  }
  /** Resolves when this client rings. @returns the call. */
  async rings(): Promise<string> {
    return this.when("ringing", (view) => view.calls?.find((call) => call.phase === "incoming")?.call);
  }
  async reaches(call: string, phase: Call["phase"]): Promise<Call> {
    return this.when(`the call in ${phase}`, (view) => view.calls?.find((one) => one.call === call && one.phase === phase));
  }
  /** Resolves when the voice runs and the far end has proved who it is. */
  async talks(call: string): Promise<Call> {
    return this.when("the call with a proven far end", (view) =>
      view.calls?.find((one) => one.call === call && one.phase === "in_call" && one.identity === "proven"),
    );
  }
  /** Resolves when the call has ended here. @returns why. */
  async ended(call: string): Promise<string> {
    const event = await this.event("call", ({ call: one }) => typeof one === "object" && one.call === call && one.phase === "ended");
    return typeof event.call === "object" ? (event.call.reason ?? "") : "";
  }
  async stats(call: string): Promise<Stat[]> {
    return (await this.do<{ stats: Stat[] }>("stats", { call })).stats;
  }

  async quit(): Promise<void> {
    this.program.input.write(`${JSON.stringify({ id: ++this.last, do: "quit" })}\n`);
    await within(this.program.exited, `the end of ${this.options.name}`);
  }
}

/** The candidate pair that carries the voice. */
export function pathOf(stats: readonly Stat[]): { pair: Stat; local: Stat; remote: Stat; transport: Stat } {
  const transport = stats.find((stat) => stat.type === "transport");
  const pair = stats.find((stat) => stat.type === "candidate-pair" && (transport === undefined || stat.id === transport["selectedCandidatePairId"]));
  const local = stats.find((stat) => stat.id === pair?.["localCandidateId"]);
  const remote = stats.find((stat) => stat.id === pair?.["remoteCandidateId"]);
  if (transport === undefined || pair === undefined || local === undefined || remote === undefined)
    throw new Error(`no selected pair in ${JSON.stringify(stats)}`);
  return { pair, local, remote, transport };
}

import type { EventMessage, HostTicket } from "#client";
import { HostConnection, MediaDevices, openLoopback, type HostTransport, type WebSocketFactory } from "../redirect/index.ts";

/** `rendezvous`: through the service; `loopback`: straight to a host on this machine. */
export type HostWay = "rendezvous" | "loopback";

interface Link {
  connection: HostConnection;
  devices: MediaDevices;
  rendezvous: HostTransport | null;
  users: number;
  retry: ReturnType<typeof setTimeout> | undefined;
  retries: number;
}

interface Hooks {
  way: HostWay;
  webSocket: WebSocketFactory;
  dispatch(event: EventMessage): void;
  online(): boolean;
}

/** The control connections of this client to its hosts, and the two ways to them. */
export class HostLinks {
  #hooks: Hooks;
  #links = new Map<string, Link>();
  #tickets = new Map<string, (ticket: HostTicket) => void>();

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  get(host: string): Link {
    const known = this.#links.get(host);
    if (known) return known;
    const connection = new HostConnection(() => this.#open(host));
    const link: Link = { connection, devices: new MediaDevices(connection), rendezvous: null, users: 0, retry: undefined, retries: 0 };
    connection.addEventListener("statechange", () => this.#changed(host, link));
    this.#links.set(host, link);
    return link;
  }

  /** A call uses this host until the function that is returned is called: a lost way is looked for again meanwhile. */
  use(host: string): () => void {
    const link = this.get(host);
    ++link.users;
    let done = false;
    return () => {
      if (!done) --link.users;
      done = true;
    };
  }

  received(host: string, message: string): void {
    this.#links.get(host)?.rendezvous?.onmessage?.(message);
  }
  /** @param host  empty: every rendezvous is broken. */
  lost(host: string, reason: string): void {
    for (const [id, link] of this.#links) {
      if (host !== "" && host !== id) continue;
      const transport = link.rendezvous;
      link.rendezvous = null;
      transport?.onclose?.(reason);
    }
  }
  ticket(ticket: HostTicket): void {
    this.#tickets.get(ticket.host)?.(ticket);
    this.#tickets.delete(ticket.host);
  }
  /** The service is there (again): come back to the hosts that carry calls. */
  comeBack(): void {
    for (const link of this.#links.values()) if (link.users > 0 && link.connection.state === "lost") this.#retry(link, 0);
  }
  close(): void {
    for (const link of this.#links.values()) {
      clearTimeout(link.retry);
      link.users = 0;
      link.connection.close("the client ends");
    }
  }

  #open(host: string): Promise<HostTransport> {
    return this.#hooks.way === "loopback" ? this.#openLoopback(host) : this.#openRendezvous(host);
  }

  #openRendezvous(host: string): Promise<HostTransport> {
    if (!this.#hooks.online()) return Promise.reject(new Error("not connected to the service"));
    const transport: HostTransport = {
      send: (message) => this.#hooks.dispatch({ t: "send_control", host, message }),
      close: () => {
        const link = this.get(host);
        if (link.rendezvous === transport) link.rendezvous = null;
      },
      onmessage: null,
      onclose: null,
    };
    this.get(host).rendezvous = transport;
    return Promise.resolve(transport);
  }

  async #openLoopback(host: string): Promise<HostTransport> {
    const ticket = await new Promise<HostTicket>((resolve) => {
      this.#tickets.set(host, resolve);
      this.#hooks.dispatch({ t: "request_ticket", host });
    });
    if (ticket.ticket === "") throw new Error(ticket.failure);
    return openLoopback(this.#hooks.webSocket, ticket.port, ticket.ticket);
  }

  #changed(host: string, link: Link): void {
    const { state, reason } = link.connection;
    const now = { idle: "none", attaching: undefined, attached: "attached", detached: "detached", lost: "failed" } as const;
    if (now[state]) this.#hooks.dispatch({ t: "host_link_changed", host, link: now[state], reason });
    if (state === "attached") link.retries = 0;
    if (state === "lost" && link.users > 0) this.#retry(link, Math.min(5_000, 200 * 2 ** link.retries++));
  }

  #retry(link: Link, afterMs: number): void {
    clearTimeout(link.retry);
    link.retry = setTimeout(() => {
      if (link.users > 0 && this.#hooks.online()) link.connection.attach().catch(() => undefined);
    }, afterMs);
  }
}

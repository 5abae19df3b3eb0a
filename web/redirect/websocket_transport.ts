import type { HostTransport } from "./host_connection.ts";

/** The part of a WebSocket that is used: the browser's own and npm's `ws` both have it. */
export interface WebSocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: (event: { message?: string }) => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number; reason: string }) => void): void;
}
export type WebSocketFactory = (url: string, protocols?: string[]) => WebSocketLike;

/** A host control connection over a WebSocket of its own. Rejects with the reason where it does not open. */
export function webSocketTransport(socket: WebSocketLike): Promise<HostTransport> {
  return new Promise((resolve, reject) => {
    let fault = "";
    const transport: HostTransport = { send: (text) => socket.send(text), close: () => socket.close(), onmessage: null, onclose: null };
    socket.addEventListener("open", () => resolve(transport));
    socket.addEventListener("error", (event) => (fault = event.message ?? "the connection was refused"));
    socket.addEventListener("message", (event) => {
      if (typeof event.data === "string") transport.onmessage?.(event.data);
    });
    socket.addEventListener("close", (event) => {
      const reason = fault || event.reason || `closed (${event.code})`;
      reject(new Error(reason));
      transport.onclose?.(reason);
    });
  });
}

/** The way in on the same machine, with a ticket of the service. */
export function openLoopback(make: WebSocketFactory, port: number, ticket: string): Promise<HostTransport> {
  return webSocketTransport(make(`ws://127.0.0.1:${port}/control`, ["sidetone.1", ticket]));
}

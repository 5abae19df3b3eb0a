import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";

/** An address of this machine that others could reach, where it has one: a socket that is bound to such an address does not get through to 127.0.0.1. */
export function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find((one) => one.family === "IPv4" && !one.internal)?.address ?? "127.0.0.1";
}

/** A port that nobody has at the moment, by UDP or TCP, for programs that cannot choose one themselves: telephones listen at both. */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  for (;;) {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    const { port } = socket.address();
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, address, () => resolve(true));
    });
    if (free) await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => socket.close(resolve));
    if (free) return port;
  }
}
